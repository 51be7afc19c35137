using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Findings;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;

namespace Rekey.VaultAccess.Drifts;

/// <summary>A difference between the declared and the actual access to a vault.</summary>
/// <param name="Vault">Host name of the vault.</param>
/// <param name="What">The grant, principal or key that differs; empty for the vault itself.</param>
/// <param name="Sentence">The difference in one sentence.</param>
/// <param name="Evidence">Facts to check: object ids, no names of people.</param>
/// <param name="Parts">The parts that a reading must contain before the drift counts as resolved.</param>
public sealed record Drift(
    DriftKind Kind,
    string Vault,
    string What,
    string Sentence,
    IReadOnlyDictionary<string, string> Evidence,
    IReadOnlyList<ReadingPart> Parts
)
{
    /// <summary>The grant that could be removed; null if there is none.</summary>
    [JsonIgnore]
    public Grant? Grant { get; init; }

    /// <summary>Whether the grant may be the activation of an eligible role.</summary>
    [JsonIgnore]
    public bool MayBeActivation { get; init; }

    /// <summary>A value whose change raises the finding again; null to raise it once.</summary>
    [JsonIgnore]
    public string? Milestone { get; init; }

    /// <summary>The kind of its finding.</summary>
    public string FindingKind =>
        Kind switch
        {
            DriftKind.GrantUndeclared => FindingKinds.VaultGrantUndeclared,
            DriftKind.GrantMissing => FindingKinds.VaultGrantMissing,
            DriftKind.HumanInProduction => FindingKinds.VaultHumanInProduction,
            DriftKind.ForeignIdentity => FindingKinds.VaultIdentityForeign,
            DriftKind.IndirectReach => FindingKinds.VaultReachIndirect,
            DriftKind.ModelFlipped => FindingKinds.VaultPermissionModelFlipped,
            DriftKind.NetworkOpened => FindingKinds.VaultNetworkOpened,
            DriftKind.PurgeProtectionOff => FindingKinds.VaultPurgeProtectionOff,
            DriftKind.DiagnosticsGone => FindingKinds.VaultDiagnosticsGone,
            DriftKind.RetentionShortened => FindingKinds.VaultRetentionShortened,
            DriftKind.KeyExportable => FindingKinds.VaultKeyExportable,
            DriftKind.KeyInSoftware => FindingKinds.VaultKeyInSoftware,
            DriftKind.VaultGone => FindingKinds.VaultGone,
            DriftKind.MemberLeft => FindingKinds.VaultMemberLeft,
            DriftKind.RotationNotAllowed => FindingKinds.RotationNotAllowed,
            _ => FindingKinds.VaultAccessNotSeen,
        };

    /// <summary>The subject of its finding.</summary>
    public string About => What.Length == 0 ? Vault : $"{Vault}|{What}";

    /// <summary>The id of its finding, derived from kind and subject, so that a repeated sweep adds nothing.</summary>
    public string FindingId => Finding.IdOf(FindingKind, About);

    /// <summary>Returns the milestone of a finding about a group: a hash of its members, whatever their order.</summary>
    public static string MilestoneOf(IEnumerable<string> members) =>
        StableId.Of([.. members.Select(m => m.ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
}
