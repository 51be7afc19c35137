using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Ledgers.Records;

namespace Rekey.Azure.LogAnalytics;

/// <summary>The watermark of a log. The ledger backs it, so that write access to the table cannot move it; the row only keeps the size of
/// the next window.</summary>
/// <param name="Log">Which log: the workspace's id.</param>
/// <param name="ArrivedUntil">All earlier arrivals were judged, and their findings are saved.</param>
public sealed record SweepWatermark(string Log, DateTimeOffset ArrivedUntil) : IHinted<SweepWatermark>
{
    /// <summary>How often a window may have been begun and not completed and still count.</summary>
    internal const int MostBegun = 12;

    /// <summary>The number of resets after lost findings.</summary>
    public int Again { get; init; }

    /// <summary>How often a window behind that was begun and not completed, less what went well since.</summary>
    public int Begun { get; init; }

    /// <summary>The window behind, when no query gets through it in the time that it has; null while one does.</summary>
    public WindowShares? Shares { get; init; }

    /// <summary>How often the window behind, or the share of it that is next, was begun since anything was completed.</summary>
    public int Tries { get; init; }

    /// <summary>In how many shares the window before was judged, and the next one is, too.</summary>
    public int SharesBefore { get; init; } = 1;

    /// <summary>The number of consecutive windows that needed no more shares than the previous one.</summary>
    public int Smooth { get; init; }

    public const string Place = "log-analytics";

    public static int SchemaVersion => 1;

    public string Partition => Place;

    public string Row => Log;

    public bool KeepsRow => true;

    /// <summary>Ignores values that Rekey never writes.</summary>
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
