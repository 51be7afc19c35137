using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Ledgers.Records;

namespace Rekey.VaultAccess.Responses;

/// <summary>
/// What the sweep remembers of a vault: what it has told of, so that it can say when that is over, and what it is taking away. It stands in
/// the ledger; no row makes anything look removed, told of or looked at.
/// </summary>
public sealed record VaultStanding(string VaultId) : IHinted<VaultStanding>
{
    public const string All = "vaults";

    public static int SchemaVersion => 1;

    public IReadOnlyList<ReportedDrift> Told { get; init; } = [];

    public IReadOnlyList<PendingRemoval> Removing { get; init; } = [];

    /// <summary>When it was first to be read.</summary>
    public DateTimeOffset MetAt { get; init; }

    /// <summary>
    /// When its last turn began, however that ended: whoever waited longest is next, and one that never comes to an end holds up no other.
    /// A hint; null when nobody knows.
    /// </summary>
    public DateTimeOffset? TriedAt { get; init; }

    [JsonIgnore]
    public string Partition => All;

    [JsonIgnore]
    public string Row => StableId.Of("vault-standing", VaultId.ToLowerInvariant());

    [JsonIgnore]
    public bool KeepsRow => true;

    /// <summary>With these among what is open. What was told of already keeps its round.</summary>
    public VaultStanding With(IReadOnlyCollection<ReportedDrift> more) =>
        this with
        {
            Told =
            [
                .. Told.Select(t => more.Any(m => m.FindingId == t.FindingId) ? t with { OverAt = null } : t)
                    .Concat(more)
                    .DistinctBy(o => o.FindingId, StringComparer.Ordinal),
            ],
        };

    public VaultStanding WithHintsOf(VaultStanding row) => this with { TriedAt = row.TriedAt };

    public VaultStanding WithoutHints() => this with { TriedAt = null };
}
