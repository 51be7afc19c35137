using Rekey.Functions.Wire;
using Rekey.Notifications;

namespace Rekey.Functions.Notifications;

/// <summary>Timer: sends new lines of the ledger to Event Grid.</summary>
public sealed class SendEventsFunction(ForwardLedger forward, RunTrigger trigger)
{
    private const string Name = "SendEvents";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("*/10 * * * * *", UseMonitor = false)] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, forward.RunAsync, cancellationToken);
}
