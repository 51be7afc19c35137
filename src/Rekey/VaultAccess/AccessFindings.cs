using Rekey.Core;
using Rekey.Findings;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess;

/// <summary>The findings of the vault access sweep. They go to other systems, so they hold object ids and resource ids, no names.</summary>
public static class AccessFindings
{
    private const string RotationRemedy =
        "Deploy again: the app's identity must be allowed to read, rotate and update keys, and to pass the vault's firewall. "
        + "Access policies must name the permission rotate, even next to all. Until then, departures cannot rotate these keys.";

    /// <param name="response">The response, such as <c>enforce: removed</c>; empty if there is none.</param>
    /// <param name="notSeen">The parts that the same sweep could not read.</param>
    public static Finding Of(Drift drift, string response, IReadOnlyList<Unseen> notSeen, DateTimeOffset now)
    {
        var evidence = new Dictionary<string, string>(drift.Evidence, StringComparer.Ordinal) { ["response"] = response };
        evidence.TryAdd("notSeen", string.Join("; ", notSeen.Select(u => $"{u.Part}: {u.What}")));
        return new(drift.FindingKind, drift.About, SeverityOf(drift.Kind), drift.Sentence, RemedyOf(drift.Kind), evidence, now, now)
        {
            Milestone = drift.Milestone,
        };
    }

    public static Finding Stale(string environment, string found, string? deployed, DateTimeOffset now) =>
        new(
            FindingKinds.VaultDeclarationStale,
            environment,
            Severity.High,
            "The declaration of vault access differs from that of the last completed deployment. Rekey removes no grants automatically.",
            "Complete the deployment: it sets VaultAccess:DeclarationHash to the SHA-256 of its declaration. If no deployment is "
                + "running, find out who changed the setting.",
            Facts.Of(("declarationSha256", found), ("deployedSha256", deployed ?? "none")),
            now,
            now
        );

    public static Finding Overdue(string vault, DateTimeOffset since, DateTimeOffset now) =>
        new(
            FindingKinds.VaultAccessOverdue,
            vault,
            Severity.High,
            $"No sweep of the access to this vault has completed since {since:u}: undeclared grants go unnoticed.",
            "Check the log of the function SweepVaultAccess, and whether Azure Resource Manager and Microsoft Graph respond.",
            Facts.Of(("since", since.ToString("O"))),
            since,
            now
        );

    public static Finding RemovalFailed(Drift drift, string reason, string remedy, DateTimeOffset now) =>
        new(
            FindingKinds.VaultGrantRemovalFailed,
            drift.About,
            Severity.Critical,
            $"Rekey could not remove an undeclared grant ({reason}).",
            remedy,
            Facts.Of(
                ("principal", drift.Grant?.PrincipalId ?? ""),
                ("grant", drift.Grant?.ResourceId ?? ""),
                ("reason", reason),
                ("attack", "T1098")
            ),
            now,
            now
        )
        {
            Milestone = reason,
        };

    /// <summary>The finding for vaults with governed keys that the sweep cannot check for rotation rights.</summary>
    public static Finding RotationUnproven(string environment, IReadOnlyList<string> vaults, DateTimeOffset now) =>
        new(
            FindingKinds.RotationNotAllowed,
            environment,
            Severity.High,
            $"Rekey cannot check whether it can rotate the keys of {vaults.Count} vault(s): the vaults have no declaration, or "
                + "their declaration names no rotator.",
            "Declare each vault with the app's identity as its rotator, and deploy. Or remove its keys from Rekey:Keys.",
            Facts.Of(("vaults", string.Join(", ", vaults))),
            now,
            now
        )
        {
            Milestone = StableId.Of("vaults", string.Join('\n', vaults)),
        };

    /// <summary>Describes a kind of drift in one sentence.</summary>
    public static string MeaningOf(DriftKind kind) =>
        kind switch
        {
            DriftKind.GrantUndeclared => "A grant exists that is not declared.",
            DriftKind.GrantMissing => "A declared grant is missing or incomplete.",
            DriftKind.HumanInProduction => "A person can reach a production vault.",
            DriftKind.ForeignIdentity => "An identity of another environment can reach the vault.",
            DriftKind.IndirectReach => "A principal without a grant can act as a principal that has one.",
            DriftKind.ModelFlipped => "The vault's permission model differs from the declared one.",
            DriftKind.NetworkOpened => "The vault's firewall allows networks that are not declared.",
            DriftKind.PurgeProtectionOff => "The vault has no purge protection.",
            DriftKind.DiagnosticsGone => "The vault's audit log does not go to the declared destination.",
            DriftKind.RetentionShortened => "A retention period is shorter than declared.",
            DriftKind.KeyExportable => "A key can be exported.",
            DriftKind.KeyInSoftware => "A key is protected by software instead of hardware.",
            DriftKind.VaultGone => "A declared vault does not exist.",
            DriftKind.MemberLeft => "A person who has left can reach the vault as a member of a group.",
            DriftKind.RotationNotAllowed => "Rekey lacks the rights or the network access to rotate the keys of a vault.",
            _ => "A part of the access to the vault could not be read.",
        };

    /// <summary>Returns the severity of a kind of drift.</summary>
    public static Severity SeverityOf(DriftKind kind) =>
        kind switch
        {
            DriftKind.GrantUndeclared
            or DriftKind.HumanInProduction
            or DriftKind.ForeignIdentity
            or DriftKind.ModelFlipped
            or DriftKind.KeyExportable
            or DriftKind.MemberLeft
            or DriftKind.VaultGone => Severity.Critical,
            DriftKind.IndirectReach
            or DriftKind.NetworkOpened
            or DriftKind.PurgeProtectionOff
            or DriftKind.DiagnosticsGone
            or DriftKind.KeyInSoftware
            or DriftKind.RotationNotAllowed => Severity.High,
            _ => Severity.Medium,
        };

    private static string RemedyOf(DriftKind kind) =>
        kind switch
        {
            DriftKind.GrantUndeclared =>
                "Remove the grant, or declare it and deploy. Until then, rotate the keys that it can sign with or export.",
            DriftKind.GrantMissing => "Deploy again: this principal lacks a declared right.",
            DriftKind.HumanInProduction => "Remove the person's access. For emergencies, declare an eligible role instead.",
            DriftKind.ForeignIdentity => "Remove the identity's access: everyone who can use it in its own environment can reach this one.",
            DriftKind.IndirectReach =>
                "Remove the step of the attack path that the evidence names, or move the identity to a resource group that only "
                    + "deployments can change.",
            DriftKind.ModelFlipped => "Find out who changed it, deploy again, and rotate the vault's keys.",
            DriftKind.NetworkOpened => "Deploy again: that restores the declared firewall rules.",
            DriftKind.PurgeProtectionOff => "Enable purge protection (irreversible), and find out why the vault was created without it.",
            DriftKind.DiagnosticsGone => "Deploy again. Treat the time until then as unmonitored.",
            DriftKind.RetentionShortened => "Deploy again: the evidence must last longer than an attacker can use a stolen key.",
            DriftKind.KeyExportable =>
                "Rotate to a version that is not exportable, disable the versions in the evidence, and treat them as compromised.",
            DriftKind.KeyInSoftware => "Rotate to a version in hardware, and disable the versions in the evidence.",
            DriftKind.VaultGone => "Restore the vault, or remove it from the declaration.",
            DriftKind.MemberLeft => "Remove the person from the group: az ad group member remove --group <principal> --member-id <person>.",
            DriftKind.RotationNotAllowed => RotationRemedy,
            _ => "Give the app's identity the read rights in docs/reference/permissions.md, or monitor these parts by other means.",
        };
}
