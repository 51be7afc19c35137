using Rekey.Messaging;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Doubles.Queues;

/// <summary>One process's way to the queues.</summary>
public sealed class MemoryQueue(MemoryQueues queues, Fate fate) : IWorkQueue
{
    public Task EnqueueRotationAsync(string keyId, TimeSpan? delay, CancellationToken cancellationToken) =>
        SendAsync(new("rotations", keyId));

    public Task EnqueueDepartureAsync(string departureId, TimeSpan? delay, CancellationToken cancellationToken) =>
        SendAsync(new("departures", departureId));

    public Task EnqueueSweepAsync(string request, CancellationToken cancellationToken) => SendAsync(new("sweeps", request));

    private Task SendAsync(Message message) => fate.DoAsync($"send {message.Queue}", () =>
        {
            queues.Messages.Add(message);
            return Task.CompletedTask;
        });
}
