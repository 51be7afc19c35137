using Rekey.Functions.Wire;

namespace Rekey.Functions.Detections;

/// <summary>Timer: looks for tokens that were never issued. Every five minutes: what is judged has settled for longer than that already,
/// and each sweep costs the log engine some queries.</summary>
public sealed class SweepTokensFunction(TokenSweeper sweeper, RunTrigger trigger)
{
    private const string Name = "SweepTokens";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("40 */5 * * * *")] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, sweeper.RunAsync, cancellationToken);
}
