using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Rekey.Azure.Http;
using Rekey.Messaging;

namespace Rekey.Azure.Storage;

/// <summary>The poison queues <c>{queue}-poison</c> of the state account and, for <c>user-changes</c>, of the evidence account.</summary>
internal sealed class StoragePoisonQueues(QueueServiceClient state, QueueServiceClient evidence, TimeProvider timeProvider) : IPoisonQueues
{
    private const int MostAtOnce = 32;

    /// <summary>How long messages stay hidden: longer than storing them takes. Messages that were not stored come again.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);

    /// <summary>The queues, with that of the evidence account first: its messages have no other copy.</summary>
    public IReadOnlyList<string> WorkQueues { get; } =
    [UserChangeQueue.Name, StorageQueues.Departures, StorageQueues.Rotations, StorageQueues.Sweeps];

    public async IAsyncEnumerable<PoisonedMessage> TakeAsync(string workQueue, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var poison = $"{workQueue}-poison";
        while (
            await AskAsync(poison, () => ReceiveAsync(workQueue, poison, cancellationToken), cancellationToken) is { Length: > 0 } messages
        )
        {
            foreach (var message in messages)
            {
                yield return new(
                    workQueue,
                    poison,
                    message.MessageId,
                    message.PopReceipt,
                    message.MessageText,
                    message.InsertedOn ?? timeProvider.GetUtcNow()
                );
            }
        }
    }

    public Task RemoveAsync(PoisonedMessage message, CancellationToken cancellationToken) =>
        AskAsync(
            message.PoisonQueue,
            async () =>
            {
                try
                {
                    return await Queue(message.WorkQueue, message.PoisonQueue)
                        .DeleteMessageAsync(message.Id, message.Receipt, cancellationToken);
                }
                catch (RequestFailedException taken) when (taken.ErrorCode == QueueErrorCode.PopReceiptMismatch || taken.Status == 404)
                {
                    return null;
                }
            },
            cancellationToken
        );

    private QueueClient Queue(string work, string poison) => (work == UserChangeQueue.Name ? evidence : state).GetQueueClient(poison);

    private async Task<QueueMessage[]> ReceiveAsync(string work, string poison, CancellationToken cancellationToken)
    {
        try
        {
            return (await Queue(work, poison).ReceiveMessagesAsync(MostAtOnce, Hold, cancellationToken)).Value;
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            // The host creates the queue with the first failed message.
            return [];
        }
    }

    private async Task<T> AskAsync<T>(string queue, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw OutsideFailures.OfStorage(failure, $"queue {queue}", timeProvider);
        }
    }
}
