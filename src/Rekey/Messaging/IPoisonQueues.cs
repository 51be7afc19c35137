using Rekey.Core;

namespace Rekey.Messaging;

/// <summary>The queues to which the Functions host moves a message that failed each time it was tried.</summary>
/// <remarks>No function is triggered by them: the host gives such a queue no poison queue of its own, stops calling after as many tries
/// again, and lets the message expire seven days after it was moved.</remarks>
public interface IPoisonQueues
{
    /// <summary>The queues whose failed messages these are.</summary>
    IReadOnlyList<string> WorkQueues { get; }

    /// <summary>Takes all that has failed of one queue. What is not removed comes again.</summary>
    /// <exception cref="RetryLaterException">The queues cannot be reached.</exception>
    /// <exception cref="CannotContinueException">They refuse us.</exception>
    IAsyncEnumerable<PoisonedMessage> TakeAsync(string workQueue, CancellationToken cancellationToken);

    /// <summary>Removes what was taken; one that somebody else has taken since stays.</summary>
    /// <exception cref="RetryLaterException">The queue cannot be reached.</exception>
    Task RemoveAsync(PoisonedMessage message, CancellationToken cancellationToken);
}
