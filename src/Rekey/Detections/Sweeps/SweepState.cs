using Rekey.Ledgers.Records;

namespace Rekey.Detections.Sweeps;

/// <summary>The state of sweeps and of their lease. The token log keeps its own progress.</summary>
/// <remarks>The ledger holds the counts. Leases and times are hints, see <see cref="Bounded"/>.</remarks>
public sealed record SweepState : ILeased<SweepState>
{
    public const string Name = "sweep";

    /// <summary>Its row: there is one state.</summary>
    public const string Only = "state";

    public static int SchemaVersion => 1;

    public string? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>When a batch last ended, or no arrival was waiting; null before the first.</summary>
    public DateTimeOffset? ProgressAt { get; init; }

    /// <summary>When a sweep last caught up.</summary>
    public DateTimeOffset? CaughtUpAt { get; init; }

    /// <summary>The number of unreadable lines in all batches.</summary>
    public long BadLines { get; init; }

    /// <summary>The arrivals that were counted last: they may come again, whole or in shares.</summary>
    public string? CountedBatch { get; init; }

    public string Partition => Name;

    public string Row => Only;

    public bool KeepsRow => true;

    public SweepState WithHintsOf(SweepState row) =>
        this with
        {
            LeaseOwner = row.LeaseOwner,
            LeaseUntil = row.LeaseUntil,
            ProgressAt = row.ProgressAt,
            CaughtUpAt = row.CaughtUpAt,
        };

    public SweepState WithLease(string? owner, DateTimeOffset? until) => this with { LeaseOwner = owner, LeaseUntil = until };

    public SweepState WithoutHints() => this with { LeaseOwner = null, LeaseUntil = null, ProgressAt = null, CaughtUpAt = null };

    /// <summary>Returns a copy with plausible hints: no lease is longer than Rekey takes one, and no time lies in the future.</summary>
    public SweepState Bounded(TimeSpan lease, DateTimeOffset now) =>
        this with
        {
            LeaseUntil = LeaseUntil > now + lease ? null : LeaseUntil,
            ProgressAt = ProgressAt > now ? null : ProgressAt,
            CaughtUpAt = CaughtUpAt > now ? null : CaughtUpAt,
        };
}
