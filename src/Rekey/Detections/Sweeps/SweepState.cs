using Rekey.Ledgers.Records;

namespace Rekey.Detections.Sweeps;

/// <summary>How the watch over tokens itself is doing, and which process is at it. How far the logs are judged is the log's own
/// progress.</summary>
/// <remarks>What was counted stands in the ledger. Leases and times are hints, see <see cref="Bounded"/>.</remarks>
public sealed record SweepState : IHinted<SweepState>
{
    public const string Name = "sweep";

    public static int SchemaVersion => 1;

    public string? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>When a batch was last finished, or nothing was waiting; null before that.</summary>
    public DateTimeOffset? ProgressAt { get; init; }

    /// <summary>When nothing was left to judge.</summary>
    public DateTimeOffset? CaughtUpAt { get; init; }

    /// <summary>Lines that could not be read, over all batches.</summary>
    public long BadLines { get; init; }

    /// <summary>The arrivals whose lines were counted last: they may come again, whole or in shares.</summary>
    public string? CountedBatch { get; init; }

    public string Partition => Name;

    public string Row => "state";

    public bool KeepsRow => true;

    public SweepState WithHintsOf(SweepState row) =>
        this with
        {
            LeaseOwner = row.LeaseOwner,
            LeaseUntil = row.LeaseUntil,
            ProgressAt = row.ProgressAt,
            CaughtUpAt = row.CaughtUpAt,
        };

    public SweepState WithoutHints() => this with { LeaseOwner = null, LeaseUntil = null, ProgressAt = null, CaughtUpAt = null };

    /// <summary>With the hints that count: no lease is longer than Rekey takes one, and nothing has happened in the future.</summary>
    public SweepState Bounded(TimeSpan lease, DateTimeOffset now) =>
        this with
        {
            LeaseUntil = LeaseUntil > now + lease ? null : LeaseUntil,
            ProgressAt = ProgressAt > now ? null : ProgressAt,
            CaughtUpAt = CaughtUpAt > now ? null : CaughtUpAt,
        };
}
