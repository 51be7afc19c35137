using System.Runtime.ExceptionServices;

namespace Rekey;

/// <summary>Work on many things of which one may be out of reach: the others have their turn all the same.</summary>
public static class EachInTurn
{
    /// <summary>Does it for each. What failed first is thrown when all are done.</summary>
    /// <exception cref="RetryLaterException">One could not be reached.</exception>
    /// <exception cref="CannotContinueException">One was refused.</exception>
    public static async Task RunAsync<T>(IEnumerable<T> all, Func<T, Task> act)
    {
        ExceptionDispatchInfo? first = null;
        foreach (var one in all)
        {
            try
            {
                await act(one);
            }
            catch (Exception e) when (e is RetryLaterException or CannotContinueException)
            {
                first ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        first?.Throw();
    }
}
