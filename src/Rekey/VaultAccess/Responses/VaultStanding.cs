using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Ledgers.Records;

namespace Rekey.VaultAccess.Responses;

/// <summary>
/// The state of the sweep of one vault: reported drift, so that the sweep can close its findings, and pending removals. The ledger backs
/// it, so a forged row cannot make a drift look removed, reported or swept.
/// </summary>
public sealed record VaultStanding(string VaultId) : IHinted<VaultStanding>
{
    public const string All = "vaults";

    public static int SchemaVersion => 1;

    public IReadOnlyList<ReportedDrift> Reported { get; init; } = [];

    public IReadOnlyList<PendingRemoval> Removing { get; init; } = [];

    /// <summary>When the vault was first due for a sweep.</summary>
    public DateTimeOffset MetAt { get; init; }

    /// <summary>
    /// When its last sweep began, whatever its result. The vault that waited longest comes first, so that a stuck vault does not block
    /// others. A hint; null if unknown.
    /// </summary>
    public DateTimeOffset? TriedAt { get; init; }

    [JsonIgnore]
    public string Partition => All;

    [JsonIgnore]
    public string Row => StableId.Of("vault-standing", VaultId.ToLowerInvariant());

    [JsonIgnore]
    public bool KeepsRow => true;

    /// <summary>Returns a copy with these drifts as open. Drifts that were reported before keep their round.</summary>
    public VaultStanding With(IReadOnlyCollection<ReportedDrift> more) =>
        this with
        {
            Reported =
            [
                .. Reported
                    .Select(t => more.Any(m => m.FindingId == t.FindingId) ? t with { OverAt = null } : t)
                    .Concat(more)
                    .DistinctBy(o => o.FindingId, StringComparer.Ordinal),
            ],
        };

    public VaultStanding WithHintsOf(VaultStanding row) => this with { TriedAt = row.TriedAt };

    public VaultStanding WithoutHints() => this with { TriedAt = null };
}
