using Rekey.Core;

namespace Rekey.Departures.Directory;

/// <summary>The queue to which Event Grid delivers changes of accounts, as far as the app looks at it and writes to it.</summary>
public interface IUserChangeQueue
{
    /// <summary>Puts a message in the queue, to be seen after a delay, and never before.</summary>
    /// <exception cref="RetryLaterException">The queue cannot be reached.</exception>
    /// <exception cref="CannotContinueException">It refuses us.</exception>
    Task PutBackAsync(string message, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>What waits in the queue.</summary>
    /// <exception cref="RetryLaterException">The queue cannot be reached.</exception>
    /// <exception cref="CannotContinueException">It refuses us.</exception>
    Task<UserChangesWaiting> LookAsync(CancellationToken cancellationToken);
}
