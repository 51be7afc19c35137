using Rekey.Functions.Wire;

namespace Rekey.Functions.Detections;

/// <summary>Timer: sweeps token logs for tokens that were never issued. Five minutes suffice: logs settle for longer than that before
/// they are judged, and each sweep costs the log engine some queries.</summary>
public sealed class SweepTokensFunction(TokenSweeper sweeper, RunTrigger trigger)
{
    private const string Name = "SweepTokens";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("40 */5 * * * *")] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, sweeper.RunAsync, cancellationToken);
}
