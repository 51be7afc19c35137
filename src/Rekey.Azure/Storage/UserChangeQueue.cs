using Azure.Storage.Queues;
using Rekey.Azure.Http;
using Rekey.Departures.Directory;

namespace Rekey.Azure.Storage;

/// <summary>
/// The queue <c>user-changes</c> of the evidence account. Event Grid delivers to it with the topic's identity. Unlike other queues, it
/// has the only copy of its messages, so they never expire. The deployment creates the queue; the app may not.
/// </summary>
public sealed class UserChangeQueue(QueueServiceClient evidence, TimeProvider timeProvider) : IUserChangeQueue
{
    /// <summary>CloudEvents of Microsoft Graph.</summary>
    public const string Name = "user-changes";

    /// <summary>The maximum number of messages per peek ("Peek Messages").</summary>
    private const int MostAtOnce = 32;

    private readonly QueueClient _queue = evidence.GetQueueClient(Name);

    /// <remarks>The service uses whole seconds. Round up: the client truncates, and the message would come too early.</remarks>
    public Task PutBackAsync(string message, TimeSpan delay, CancellationToken cancellationToken) =>
        AskAsync(
            () =>
                _queue.SendMessageAsync(
                    message,
                    TimeSpan.FromSeconds(Math.Ceiling(delay.TotalSeconds)),
                    StorageQueues.Forever,
                    cancellationToken
                ),
            cancellationToken
        );

    public Task<UserChangesWaiting> LookAsync(CancellationToken cancellationToken) =>
        AskAsync(
            async () =>
            {
                var count = (await _queue.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
                var first = count == 0 ? [] : (await _queue.PeekMessagesAsync(MostAtOnce, cancellationToken)).Value;
                return new UserChangesWaiting(count, [.. first.Select(m => (m.MessageText, m.InsertedOn ?? timeProvider.GetUtcNow()))]);
            },
            cancellationToken
        );

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw OutsideFailures.OfStorage(failure, $"queue {Name}", timeProvider);
        }
    }
}
