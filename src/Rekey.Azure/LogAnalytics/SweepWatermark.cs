using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Ledgers.Records;

namespace Rekey.Azure.LogAnalytics;

/// <summary>How far a log has been judged. It stands in the ledger, so that nobody moves it who can write a row; a row keeps how large the
/// next window should be.</summary>
/// <param name="Log">Which log: the workspace's id.</param>
/// <param name="ArrivedUntil">Everything that arrived before has been judged, and its findings are saved.</param>
public sealed record SweepWatermark(string Log, DateTimeOffset ArrivedUntil) : IHinted<SweepWatermark>
{
    /// <summary>How often a window may have been begun and not completed and still count.</summary>
    internal const int MostBegun = 12;

    /// <summary>How often it was set back because findings were lost.</summary>
    public int Again { get; init; }

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

    public bool KeepsRow => true;

    /// <summary>What a row says beyond what Rekey ever writes there does not count.</summary>
    public SweepWatermark WithHintsOf(SweepWatermark row) =>
        this with
        {
            Begun = Math.Clamp(row.Begun, 0, MostBegun),
            Tries = Math.Max(row.Tries, 0),
            SharesBefore = KqlPartition.IsShares(row.SharesBefore) ? row.SharesBefore : 1,
            Smooth = Math.Max(row.Smooth, 0),
        };

    public SweepWatermark WithoutHints() => this with { Begun = 0, Tries = 0, SharesBefore = 1, Smooth = 0 };
}
