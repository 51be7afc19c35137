using Rekey.Core;

namespace Rekey.Messaging;

/// <summary>The poison queues, to which the Functions host moves a message that failed at every try.</summary>
/// <remarks>
/// No function is triggered by them: the host gives such a queue no poison queue of its own, stops after as many tries again, and lets
/// the message expire seven days after it was moved.
/// </remarks>
public interface IPoisonQueues
{
    /// <summary>The work queues that these poison queues belong to.</summary>
    IReadOnlyList<string> WorkQueues { get; }

    /// <summary>Takes all messages of one poison queue. A message that is not removed comes again.</summary>
    /// <exception cref="RetryLaterException">The queues cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The queues deny access.</exception>
    IAsyncEnumerable<PoisonedMessage> TakeAsync(string workQueue, CancellationToken cancellationToken);

    /// <summary>Removes a message that was taken; one that another reader has taken since stays.</summary>
    /// <exception cref="RetryLaterException">The queue cannot be reached.</exception>
    Task RemoveAsync(PoisonedMessage message, CancellationToken cancellationToken);
}
