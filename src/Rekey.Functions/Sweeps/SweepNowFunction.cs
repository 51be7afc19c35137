using Rekey.Azure.Storage;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Sweeps;

/// <summary>Queue <c>sweeps</c>: a sweep on demand.</summary>
public sealed class SweepNowFunction(TokenSweeper sweeper, RunTrigger trigger)
{
    private const string Name = "SweepNow";

    [Function(Name)]
    public Task RunAsync(
        [QueueTrigger(StorageQueues.Sweeps, Connection = StorageConnection.State)] string message, CancellationToken cancel) =>
        trigger.RunAsync(Name, message,
            (value, deadline) => WorkMessage.Id(value, "sweep").Length > 0 ? sweeper.RunOnDemandAsync(deadline) : Task.CompletedTask, cancel);
}
