namespace Rekey.DuckDb.Mapping;

/// <summary>The unit of a number that is a time since 1970, by its size. 3·10^11 seconds are beyond the year 9999, and 3·10^11
/// milliseconds are July 1979: no log is as old as that.</summary>
public static class EpochUnits
{
    /// <summary>The smallest number that is read as milliseconds.</summary>
    internal const long Milliseconds = 300_000_000_000;

    /// <summary>The smallest number that is read as microseconds.</summary>
    internal const long Microseconds = Milliseconds * 1000;

    /// <summary>The smallest number that is read as nanoseconds.</summary>
    internal const long Nanoseconds = Microseconds * 1000;

    /// <summary>The name of the form in a mapping: <c>epoch-seconds</c>, <c>-milliseconds</c>, <c>-microseconds</c> or
    /// <c>-nanoseconds</c>.</summary>
    public static string FormOf(double number) =>
        number switch
        {
            < Milliseconds => "epoch-seconds",
            < Microseconds => "epoch-milliseconds",
            < Nanoseconds => "epoch-microseconds",
            _ => "epoch-nanoseconds",
        };
}
