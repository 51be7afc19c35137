namespace Rekey.Offboarding;

/// <summary>The queue to which Event Grid delivers changes of accounts, as far as the app writes to it.</summary>
public interface IUserChangeQueue
{
    /// <summary>Puts a message in the queue, to be seen after a delay.</summary>
    /// <exception cref="RetryLaterException">The queue cannot be reached.</exception>
    /// <exception cref="CannotContinueException">It refuses us.</exception>
    Task PutBackAsync(string message, TimeSpan delay, CancellationToken cancel);
}
