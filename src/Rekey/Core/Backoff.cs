namespace Rekey.Core;

/// <summary>Calculates the delay before a retry where the service did not give one.</summary>
public static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>Five seconds after the first attempt, doubled after each further one, up to the limit.</summary>
    public static TimeSpan After(int attempts, TimeSpan limit)
    {
        var wait = First * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20));
        return wait < limit ? wait : limit;
    }
}
