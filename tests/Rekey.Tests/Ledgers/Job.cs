using Rekey.Ledgers.Records;

namespace Rekey.Tests.Ledgers;

/// <summary>A record of these tests, on which one process at a time works.</summary>
public sealed record Job(string Row) : ILeased<Job>
{
    public const string Place = "jobs";

    public static int SchemaVersion => 1;

    public int Done { get; init; }

    public int Waiting { get; init; }

    public string? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public string Partition => Place;

    public bool KeepsRow => true;

    public Job WithHintsOf(Job row) => this with { LeaseOwner = row.LeaseOwner, LeaseUntil = row.LeaseUntil };

    public Job WithLease(string? owner, DateTimeOffset? until) => this with { LeaseOwner = owner, LeaseUntil = until };

    public Job WithoutHints() => WithLease(owner: null, until: null);
}
