using System.Runtime.ExceptionServices;

namespace Rekey.Core;

/// <summary>Collects failures that need not stop the work after them, and throws the first at the end.</summary>
public sealed class Failures
{
    private readonly Dictionary<object, RetryLaterException> _silent = [];
    private ExceptionDispatchInfo? _first;

    /// <summary>The number of failures.</summary>
    public int Count { get; private set; }

    /// <summary>Runs an action and keeps a temporary failure or a refusal. Any other exception is a bug, and is thrown.</summary>
    /// <param name="whom">
    /// The service that is called, such as a vault. One that does not answer is called once, since its timeouts would use up the time for
    /// the rest.
    /// </param>
    /// <returns>The failure; null when it was done.</returns>
    public async Task<Exception?> TryAsync(Func<Task> act, object? whom = null)
    {
        if (whom is not null && _silent.TryGetValue(whom, out var silence))
        {
            return silence;
        }

        try
        {
            await act();
            return null;
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            _first ??= ExceptionDispatchInfo.Capture(e);
            Count++;
            if (whom is not null && e is RetryLaterException silent)
            {
                _silent[whom] = silent;
            }

            return e;
        }
    }

    /// <summary>Runs a query in the same way.</summary>
    /// <returns>The answer, or why there is none.</returns>
    public async Task<(T? Answer, Exception? Failure)> AskAsync<T>(Func<Task<T>> ask, object? whom = null)
    {
        T? answer = default;
        var failure = await TryAsync(async () => answer = await ask(), whom);
        return (answer, failure);
    }

    /// <summary>Throws the first failure; does nothing when there was none.</summary>
    /// <exception cref="RetryLaterException">A service could not be reached.</exception>
    /// <exception cref="CannotContinueException">A service refused.</exception>
    public void Throw() => _first?.Throw();
}
