using System.Text.Json.Serialization;
using Rekey.Ledgers;

namespace Rekey.VaultAccess;

/// <summary>A finding of a vault that was told of.</summary>
/// <param name="Parts">What must be seen before it may be closed.</param>
/// <param name="Round">How often the question about it went unanswered.</param>
/// <param name="OverAt">When it was closed. It is remembered for a while: a process that slept meanwhile may tell of it once more.</param>
public sealed record ToldDrift(string FindingId, IReadOnlyList<ReadingPart> Parts, int Round = 0, DateTimeOffset? OverAt = null);

/// <summary>A role assignment that is being taken away: until it is seen to be gone.</summary>
/// <param name="CreatedOn">Deployments give the same assignment the same id: it is this one only if it was made then.</param>
/// <param name="Why">Who or what said so: <c>enforce</c>, or the decision's id.</param>
public sealed record PendingRemoval(string AssignmentId, DateTimeOffset? CreatedOn, string PrincipalId, string Role, string Scope, string FindingId, string Why)
{
    /// <summary>The same assignment, taken away for the same reason, has the same.</summary>
    [JsonIgnore]
    public string Id => StableId.Of("grant-removal", AssignmentId.ToLowerInvariant(), CreatedOn?.ToString("O") ?? "", Why);

    /// <summary>Whether it is still there.</summary>
    public bool IsIn(VaultReading reading) => reading.Assignments.Any(a => a.Id.Equals(AssignmentId, StringComparison.OrdinalIgnoreCase) && a.CreatedOn == CreatedOn);
}

/// <summary>
/// What the sweep remembers of a vault: what it has told of, so that it can say when that is over, and what it is taking away. It stands in the ledger; no row
/// makes anything look removed, told of or looked at.
/// </summary>
public sealed record VaultStanding(string VaultId) : IHinted<VaultStanding>
{
    public const string All = "vaults";

    public static int SchemaVersion => 1;

    public IReadOnlyList<ToldDrift> Told { get; init; } = [];

    public IReadOnlyList<PendingRemoval> Removing { get; init; } = [];

    /// <summary>When it was first to be read.</summary>
    public DateTimeOffset MetAt { get; init; }

    /// <summary>
    /// When its last turn began, however that ended: whoever waited longest is next, and one that never comes to an end holds up no other. A hint; null
    /// when nobody knows.
    /// </summary>
    public DateTimeOffset? TriedAt { get; init; }

    [JsonIgnore]
    public string Partition => All;

    [JsonIgnore]
    public string Row => StableId.Of("vault-standing", VaultId.ToLowerInvariant());

    [JsonIgnore]
    public bool KeepsRow => true;

    /// <summary>With these among what is open. What was told of already keeps its round.</summary>
    public VaultStanding With(IReadOnlyCollection<ToldDrift> more) => this with
    {
        Told = [.. Told.Select(t => more.Any(m => m.FindingId == t.FindingId) ? t with { OverAt = null } : t).Concat(more).DistinctBy(o => o.FindingId, StringComparer.Ordinal)],
    };

    public VaultStanding WithHintsOf(VaultStanding row) => this with { TriedAt = row.TriedAt };

    public VaultStanding WithoutHints() => this with { TriedAt = null };
}
