using Azure.Storage.Queues;
using Rekey.Offboarding;

namespace Rekey.Azure.Storage;

/// <summary>
/// The queue <c>user-changes</c> of the evidence account. Event Grid delivers to it with the topic's own identity. It is the one queue that is not a hint: what stands in it stands nowhere else,
/// so messages never expire. The deployment makes the queue; the app may not.
/// </summary>
public sealed class UserChangeQueue(QueueServiceClient evidence, TimeProvider time) : IUserChangeQueue
{
    /// <summary>CloudEvents of Microsoft Graph.</summary>
    public const string Name = "user-changes";

    private readonly QueueClient _queue = evidence.GetQueueClient(Name);

    public async Task PutBackAsync(string message, TimeSpan delay, CancellationToken cancel)
    {
        try
        {
            await _queue.SendMessageAsync(message, delay, StorageQueues.Forever, cancel);
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw OutsideFailures.OfStorage(failure, $"queue {Name}", time);
        }
    }
}
