using System.Runtime.ExceptionServices;

namespace Rekey;

/// <summary>Failures that need not stop what comes after them: the first is thrown at the end.</summary>
public sealed class Failures
{
    private ExceptionDispatchInfo? _first;

    /// <summary>How many there were.</summary>
    public int Count { get; private set; }

    /// <summary>Does it, and keeps what goes wrong with the world or with a setting. Everything else is a bug, and is thrown.</summary>
    /// <returns>What went wrong; null when it was done.</returns>
    public async Task<Exception?> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            _first ??= ExceptionDispatchInfo.Capture(e);
            Count++;
            return e;
        }
    }

    /// <summary>Throws the first; nothing when there was none.</summary>
    /// <exception cref="RetryLaterException">One could not be reached.</exception>
    /// <exception cref="CannotContinueException">One was refused.</exception>
    public void Throw() => _first?.Throw();
}
