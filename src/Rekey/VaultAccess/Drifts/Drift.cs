using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Findings;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;

namespace Rekey.VaultAccess.Drifts;

/// <summary>One difference between what is declared of a vault and what is there.</summary>
/// <param name="Vault">Host name of the vault.</param>
/// <param name="What">What in it: a grant, a principal, a key; empty where it is the vault itself.</param>
/// <param name="Sentence">What is wrong, plainly.</param>
/// <param name="Evidence">Checkable facts: object ids, no names of people.</param>
/// <param name="Parts">What must be seen to say that it is over.</param>
public sealed record Drift(
    DriftKind Kind,
    string Vault,
    string What,
    string Sentence,
    IReadOnlyDictionary<string, string> Evidence,
    IReadOnlyList<ReadingPart> Parts
)
{
    /// <summary>What could be taken away; null where there is no such thing.</summary>
    [JsonIgnore]
    public Grant? Grant { get; init; }

    /// <summary>Whether that may be the activation of a role that its principal may activate.</summary>
    [JsonIgnore]
    public bool MayBeActivation { get; init; }

    /// <summary>What is told again when it changes; null when only the first time is told.</summary>
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
            DriftKind.RotationNotAllowed => FindingKinds.RotationNotAllowed,
            _ => FindingKinds.VaultAccessNotSeen,
        };

    /// <summary>What its finding is about.</summary>
    public string About => What.Length == 0 ? Vault : $"{Vault}|{What}";

    /// <summary>A function of what it is about, so that a repeated sweep adds nothing.</summary>
    public string FindingId => Finding.IdOf(FindingKind, About);

    /// <summary>The milestone of a finding about a group: who is in it, in whatever order. However many they are, it has the length of a
    /// hash.</summary>
    public static string MilestoneOf(IEnumerable<string> members) =>
        StableId.Of([.. members.Select(m => m.ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
}
