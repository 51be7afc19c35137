namespace Rekey.Core;

/// <summary>How long to wait where the other side did not say.</summary>
public static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>Five seconds after the first attempt, twice that after each further one, and never longer than the limit.</summary>
    public static TimeSpan After(int attempts, TimeSpan limit)
    {
        var wait = First * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20));
        return wait < limit ? wait : limit;
    }
}
