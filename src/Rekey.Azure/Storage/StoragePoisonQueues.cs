using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Rekey.Rotations;

namespace Rekey.Azure.Storage;

/// <summary><c>departures-poison</c>, <c>rotations-poison</c> and <c>sweeps-poison</c>, and whatever else a host has made behind them, such as <c>rotations-poison-poison</c>.</summary>
public sealed class StoragePoisonQueues(QueueServiceClient service, TimeProvider time) : IPoisonQueues
{
    private const int MostAtOnce = 32;

    /// <summary>Longer than keeping as many takes; what is not kept then comes again.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);

    public IReadOnlyList<string> WorkQueues { get; } = [StorageQueues.Departures, StorageQueues.Rotations, StorageQueues.Sweeps];

    public async IAsyncEnumerable<PoisonedMessage> TakeAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var work in WorkQueues)
        {
            foreach (var queue in await AskAsync(work, async () => await service.GetQueuesAsync(prefix: $"{work}-poison", cancellationToken: cancel).ToListAsync(cancel), cancel))
            {
                while (await AskAsync(queue.Name, () => ReceiveAsync(queue.Name, cancel), cancel) is { Length: > 0 } messages)
                {
                    foreach (var message in messages)
                    {
                        yield return new(work, queue.Name, message.MessageId, message.PopReceipt, message.MessageText, message.InsertedOn ?? time.GetUtcNow());
                    }
                }
            }
        }
    }

    public Task RemoveAsync(PoisonedMessage message, CancellationToken cancel) => AskAsync(message.PoisonQueue, async () =>
    {
        try
        {
            return await service.GetQueueClient(message.PoisonQueue).DeleteMessageAsync(message.Id, message.Receipt, cancel);
        }
        catch (RequestFailedException taken) when (taken.ErrorCode == QueueErrorCode.PopReceiptMismatch || taken.Status == 404)
        {
            return null;
        }
    }, cancel);

    private async Task<QueueMessage[]> ReceiveAsync(string queue, CancellationToken cancel)
    {
        try
        {
            return (await service.GetQueueClient(queue).ReceiveMessagesAsync(MostAtOnce, Hold, cancel)).Value;
        }
        catch (RequestFailedException gone) when (gone.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return [];
        }
    }

    private async Task<T> AskAsync<T>(string queue, Func<Task<T>> ask, CancellationToken cancel)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw OutsideFailures.OfStorage(failure, $"queue {queue}", time);
        }
    }
}
