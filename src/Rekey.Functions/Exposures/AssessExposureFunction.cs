using Rekey.Azure.Storage;
using Rekey.Azure.Storage.Connections;
using Rekey.Core;
using Rekey.Exposures;
using Rekey.Functions.Wire;
using Rekey.Messaging;

namespace Rekey.Functions.Exposures;

/// <summary>Queue <c>departures</c>: which keys could this person have used or taken? Plans their rotations.</summary>
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

    /// <summary>What is due sooner than the timer would see is put in the queue again.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Function(Name)]
    public Task RunAsync(
        [QueueTrigger(StorageQueues.Departures, Connection = StorageConnection.State)] string message,
        CancellationToken cancellationToken
    ) => trigger.RunAsync(Name, message, (value, deadline) => AssessAsync(WorkMessage.Id(value, "departure"), deadline), cancellationToken);

    private async Task AssessAsync(string departureId, CancellationToken cancellationToken)
    {
        if (killSwitch.Stopped)
        {
            // It is kept, and taken up by the timer on the day this is taken back.
            log.LogWarning("A departure waits, since everything is stopped. Departure: {Departure}", departureId);
            return;
        }

        var again = await assess.AssessAsync(departureId, cancellationToken);
        if (again is null)
        {
            log.LogInformation("A departure was assessed. Departure: {Departure}", departureId);
            return;
        }

        // A vault that is out of reach is not a failure of the message: it must not be counted towards the poison queue.
        log.LogWarning("A departure could not be assessed in full. Departure: {Departure}. Next: {Next}", departureId, again);
        if (again - timeProvider.GetUtcNow() is { } wait && wait < Soon)
        {
            await queue.EnqueueDepartureAsync(departureId, wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1), cancellationToken);
        }
    }
}
