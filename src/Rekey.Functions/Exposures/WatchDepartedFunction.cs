using Rekey.Exposures.Watching;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Exposures;

/// <summary>Timer: reads what people who have left do, every five minutes, and what is done by applications that they can act
/// as.</summary>
public sealed class WatchDepartedFunction(WatchDeparted watch, RunTrigger trigger)
{
    public const string Name = "WatchDeparted";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("40 3/5 * * * *")] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, watch.RunAsync, cancellationToken);
}
