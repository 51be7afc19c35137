using Rekey.Core;
using Rekey.Findings;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess;

/// <summary>The findings of the access sweep. They leave the house: object ids and resource ids, no names of people.</summary>
public static class AccessFindings
{
    private const string RotationRemedy =
        "Deploy again: the app's identity needs to read, rotate and update keys, and a way through the vault's firewall. "
        + "Under access policies name the permission rotate, beside all too. Until then nobody's departure ends with a new key.";

    /// <param name="response">What becomes of it, such as <c>enforce: removed</c>; empty where nothing does.</param>
    /// <param name="notSeen">What could not be read in the same sweep.</param>
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
            "The declaration of vault access is not that of the last completed deployment: nothing is removed by itself.",
            "Complete the deployment, which sets VaultAccess:DeclarationHash to the SHA-256 of the declaration it carried, "
                + "or find out who has changed the setting.",
            Facts.Of(("declarationSha256", found), ("deployedSha256", deployed ?? "none")),
            now,
            now
        );

    public static Finding Overdue(string vault, DateTimeOffset since, DateTimeOffset now) =>
        new(
            FindingKinds.VaultAccessOverdue,
            vault,
            Severity.High,
            $"Nobody has looked since {since:u} who reaches a vault.",
            "See the log of the function SweepVaultAccess, and whether Azure Resource Manager and Graph answer.",
            Facts.Of(("since", since.ToString("O"))),
            since,
            now
        );

    public static Finding RemovalFailed(Drift drift, string reason, string remedy, DateTimeOffset now) =>
        new(
            FindingKinds.VaultGrantRemovalFailed,
            drift.About,
            Severity.Critical,
            $"An undeclared grant could not be removed ({reason}).",
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

    /// <summary>Vaults that hold governed keys, of which nobody looks whether they can be rotated.</summary>
    public static Finding RotationUnproven(string environment, IReadOnlyList<string> vaults, DateTimeOffset now) =>
        new(
            FindingKinds.RotationNotAllowed,
            environment,
            Severity.High,
            $"Nothing shows that Rekey could rotate the keys of {vaults.Count} vault(s): their declaration names no "
                + "rotator, or they are not declared.",
            "Declare each with its rotator, the app's identity, and deploy; or take its keys out of Rekey:Keys.",
            Facts.Of(("vaults", string.Join(", ", vaults))),
            now,
            now
        )
        {
            Milestone = StableId.Of("vaults", string.Join('\n', vaults)),
        };

    /// <summary>What a kind of drift is, in one sentence.</summary>
    public static string MeaningOf(DriftKind kind) =>
        kind switch
        {
            DriftKind.GrantUndeclared => "A grant is there and was not declared.",
            DriftKind.GrantMissing => "A declared grant is not there, or not whole.",
            DriftKind.HumanInProduction => "A person reaches a production vault.",
            DriftKind.ForeignIdentity => "An identity of another environment reaches the vault.",
            DriftKind.IndirectReach => "Somebody without a grant can act as somebody that has one.",
            DriftKind.ModelFlipped => "The vault's permission model is not the declared one.",
            DriftKind.NetworkOpened => "The vault's firewall lets in what is not declared.",
            DriftKind.PurgeProtectionOff => "The vault has no purge protection.",
            DriftKind.DiagnosticsGone => "The vault's audit log does not go where it should.",
            DriftKind.RetentionShortened => "Something is kept for a shorter time than declared.",
            DriftKind.KeyExportable => "A key can be exported.",
            DriftKind.KeyInSoftware => "A key is kept in software and not in hardware.",
            DriftKind.VaultGone => "A declared vault is not there.",
            DriftKind.RotationNotAllowed => "Rekey could not rotate the keys of a vault.",
            _ => "A part of who reaches the vault could not be read.",
        };

    /// <summary>How bad a kind of drift is.</summary>
    public static Severity SeverityOf(DriftKind kind) =>
        kind switch
        {
            DriftKind.GrantUndeclared
            or DriftKind.HumanInProduction
            or DriftKind.ForeignIdentity
            or DriftKind.ModelFlipped
            or DriftKind.KeyExportable
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
                "Take it away, or declare it and deploy. Until then, rotate what it could have signed with or taken.",
            DriftKind.GrantMissing => "Deploy again: what is declared of this principal is not in force.",
            DriftKind.HumanInProduction =>
                "Take the person's way away; whoever must help in an emergency gets an eligible role by declaration.",
            DriftKind.ForeignIdentity => "Take the identity's way away: whoever can use it in its own environment reaches this one.",
            DriftKind.IndirectReach =>
                "Take away the step that makes it possible, as the evidence names it, or move the identity to where only "
                    + "deployments reach it.",
            DriftKind.ModelFlipped => "Find out who changed it, deploy again, and rotate the keys of the vault.",
            DriftKind.NetworkOpened => "Close the vault's firewall by deploying again.",
            DriftKind.PurgeProtectionOff =>
                "Switch purge protection on; that cannot be taken back. Find out why the vault was made without.",
            DriftKind.DiagnosticsGone => "Deploy again, and take the time until then as unwatched.",
            DriftKind.RetentionShortened => "Deploy again: evidence must outlive those who use a stolen key.",
            DriftKind.KeyExportable =>
                "Rotate to a version that is not exportable, disable the versions that the evidence names, and treat them as taken.",
            DriftKind.KeyInSoftware => "Rotate to a version in hardware, and disable the versions that the evidence names.",
            DriftKind.VaultGone => "Restore the vault, or declare that it is gone.",
            DriftKind.RotationNotAllowed => RotationRemedy,
            _ =>
                "Give the app's identity the reading rights that docs/reference/permissions.md lists, or say who else watches these parts.",
        };
}
