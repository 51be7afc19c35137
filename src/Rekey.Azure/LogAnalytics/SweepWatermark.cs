using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Ledgers.Records;

namespace Rekey.Azure.LogAnalytics;

/// <summary>The watermark of a log. The ledger backs it, so that write access to the table cannot move it; the row only keeps the size of
/// the next window.</summary>
/// <param name="Log">Which log: the workspace's id.</param>
/// <param name="ArrivedUntil">All earlier arrivals were judged, and their findings are saved.</param>
public sealed record SweepWatermark(string Log, DateTimeOffset ArrivedUntil) : IHinted<SweepWatermark>
{
    /// <summary>The maximum count of failed starts.</summary>
    internal const int MostBegun = 12;

    /// <summary>The number of resets after lost findings.</summary>
    public int Again { get; init; }

    /// <summary>The failed starts of windows after the watermark, less the successes since.</summary>
    public int Begun { get; init; }

    /// <summary>The shares of the window after the watermark, if its queries time out; null otherwise.</summary>
    public WindowShares? Shares { get; init; }

    /// <summary>The starts of the next window or share since the last completion.</summary>
    public int Tries { get; init; }

    /// <summary>The number of shares of the previous window, which the next one uses too.</summary>
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
