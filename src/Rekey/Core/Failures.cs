using System.Runtime.ExceptionServices;

namespace Rekey.Core;

/// <summary>Failures that need not stop what comes after them: the first is thrown at the end.</summary>
public sealed class Failures
{
    private readonly Dictionary<object, RetryLaterException> _silent = [];
    private ExceptionDispatchInfo? _first;

    /// <summary>How many there were.</summary>
    public int Count { get; private set; }

    /// <summary>Does it, and keeps what goes wrong with the world or with a setting. Everything else is a bug, and is thrown.</summary>
    /// <param name="whom">Who is asked, such as a vault: one who does not answer is asked once, since its silence would use up the time of
    /// everything behind it.</param>
    /// <returns>What went wrong; null when it was done.</returns>
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

    /// <summary>The same for a question.</summary>
    /// <returns>The answer, or why there is none.</returns>
    public async Task<(T? Answer, Exception? Failure)> AskAsync<T>(Func<Task<T>> ask, object? whom = null)
    {
        T? answer = default;
        var failure = await TryAsync(async () => answer = await ask(), whom);
        return (answer, failure);
    }

    /// <summary>Throws the first; nothing when there was none.</summary>
    /// <exception cref="RetryLaterException">One could not be reached.</exception>
    /// <exception cref="CannotContinueException">One was refused.</exception>
    public void Throw() => _first?.Throw();
}
