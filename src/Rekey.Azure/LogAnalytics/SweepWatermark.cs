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

    public const string Place = "log-analytics";

    public static int SchemaVersion => 1;

    public string Partition => Place;

    public string Row => Log;
}
