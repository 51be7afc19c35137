using Rekey.Azure.Storage;
using Rekey.Azure.Storage.Connections;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Detections;

/// <summary>Queue <c>sweeps</c>: runs a sweep on demand.</summary>
public sealed class SweepNowFunction(TokenSweeper sweeper, RunTrigger trigger)
{
    private const string Name = "SweepNow";

    [Function(Name)]
    public Task RunAsync(
        [QueueTrigger(StorageQueues.Sweeps, Connection = StorageConnection.State)] string message,
        CancellationToken cancellationToken
    ) =>
        trigger.RunAsync(
            Name,
            message,
            (value, deadline) => WorkMessage.Id(value, "sweep").Length > 0 ? sweeper.RunOnDemandAsync(deadline) : Task.CompletedTask,
            cancellationToken
        );
}
