namespace Rekey;

/// <summary>Work on many things of which one may be out of reach: the others have their turn all the same.</summary>
public static class EachInTurn
{
    /// <summary>Does it for each. What failed first is thrown when all are done.</summary>
    /// <exception cref="RetryLaterException">One could not be reached.</exception>
    /// <exception cref="CannotContinueException">One was refused.</exception>
    /// <param name="placeOf">Where each is: a place that does not answer is asked once, and what else is there has no turn.</param>
    public static async Task RunAsync<T>(IEnumerable<T> all, Func<T, Task> act, Func<T, string>? placeOf = null)
    {
        var failures = new Failures();
        var silent = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var one in all)
        {
            var place = placeOf?.Invoke(one);
            if ((place is null || !silent.Contains(place)) && await failures.TryAsync(() => act(one)) is RetryLaterException && place is not null)
            {
                silent.Add(place);
            }
        }

        failures.Throw();
    }
}
