namespace Rekey.Azure.LogAnalytics;

/// <summary>How far a log has been judged.</summary>
/// <param name="Log">Which log: the workspace's id.</param>
/// <param name="ArrivedUntil">Everything that arrived before has been judged, and its findings are saved.</param>
public sealed record SweepWatermark(string Log, DateTimeOffset ArrivedUntil) : IRecord
{
    /// <summary>How often a window behind that was begun and not completed, less what went well since.</summary>
    public int Begun { get; init; }

    /// <summary>The window behind, when no query gets through it in the time that it has; null while one does.</summary>
    public WindowShares? Shares { get; init; }

    /// <summary>How often the window behind, or the share of it that is next, was begun since anything was completed.</summary>
    public int Tries { get; init; }

    /// <summary>In how many shares the window before was judged, and the next one is, too.</summary>
    public int SharesBefore { get; init; } = 1;

    /// <summary>How many windows in a row needed no more shares than the one before.</summary>
    public int Smooth { get; init; }

    public const string Place = "log-analytics";

    public static int SchemaVersion => 1;

    public string Partition => Place;

    public string Row => Log;
}
