using Rekey.Azure.Storage;
using Rekey.Azure.Storage.Connections;
using Rekey.Exposures;
using Rekey.Functions.Wire;
using Rekey.Messaging;
using Rekey.Stopping;

namespace Rekey.Functions.Exposures;

/// <summary>Queue <c>departures</c>: finds the keys that this person could have used or taken, and plans their rotations.</summary>
public sealed class AssessExposureFunction(
    AssessExposure assess,
    IWorkQueue queue,
    KillSwitch killSwitch,
    TimeProvider timeProvider,
    RunTrigger trigger,
    ILogger<AssessExposureFunction> log
)
{
    private const string Name = "AssessExposure";

    [Function(Name)]
    public Task RunAsync(
        [QueueTrigger(StorageQueues.Departures, Connection = StorageConnection.State)] string message,
        CancellationToken cancellationToken
    ) => trigger.RunAsync(Name, message, (value, deadline) => AssessAsync(WorkMessage.Id(value, "departure"), deadline), cancellationToken);

    private async Task AssessAsync(string departureId, CancellationToken cancellationToken)
    {
        if (await killSwitch.IsStoppedAsync(cancellationToken))
        {
            // The departure is kept; the timer continues it when the kill switch is off.
            log.LogWarning("A departure waits: the kill switch is on. Departure: {Departure}", departureId);
            return;
        }

        var again = await assess.AssessAsync(departureId, cancellationToken);
        if (again is null)
        {
            log.LogInformation("A departure was assessed. Departure: {Departure}", departureId);
            return;
        }

        // A vault that is out of reach must not count towards the poison queue: the message is good.
        log.LogWarning("Rekey could not assess a departure in full. Departure: {Departure}. Next: {Next}", departureId, again);
        if (WorkMessage.DelayUntil(again, timeProvider) is { } delay)
        {
            await queue.EnqueueDepartureAsync(departureId, delay, cancellationToken);
        }
    }
}
