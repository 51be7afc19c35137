using Rekey.Core;

namespace Rekey.Departures.Directory;

/// <summary>The queue to which Event Grid delivers changes of accounts.</summary>
public interface IUserChangeQueue
{
    /// <summary>Puts a message in the queue that becomes visible after a delay.</summary>
    /// <exception cref="RetryLaterException">The queue cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The queue denies access.</exception>
    Task PutBackAsync(string message, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>Reads how many messages wait in the queue, and the first few.</summary>
    /// <exception cref="RetryLaterException">The queue cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The queue denies access.</exception>
    Task<UserChangesWaiting> LookAsync(CancellationToken cancellationToken);
}
