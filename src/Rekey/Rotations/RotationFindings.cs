using Rekey.Core;
using Rekey.Findings;
using Rekey.Trust;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations;

/// <summary>The findings of rotations, and of versions that Rekey did not make.</summary>
internal static class RotationFindings
{
    public static Finding Stuck(Rotation rotation, string reason, DateTimeOffset now) =>
        new(
            FindingKinds.RotationStuck,
            rotation.Id,
            rotation is { Urgency: Urgency.Immediate, TrustEndedAt: null } ? Severity.Critical : Severity.High,
            $"The rotation of {rotation.Key.Id} cannot go on: {reason}.",
            Remedy(reason),
            Facts.Of(
                ("key", rotation.Key.Id),
                ("reason", reason),
                ("urgency", rotation.Urgency.ToString()),
                ("trustEnded", rotation.TrustEndedAt?.ToString("O") ?? "no")
            ),
            now,
            now
        );

    public static Finding NotPublished(Rotation rotation, string why, DateTimeOffset now) =>
        new(
            FindingKinds.NewVersionNotPublished,
            rotation.Id,
            Severity.Critical,
            $"The new version of {rotation.Key.Id} was made and cannot be published: {why}",
            "See that Rekey reaches its document key, the container of published documents, and the vault of this key. "
                + "Until then the old versions end without a successor, if that is answered with yes or the issuer has another "
                + "key.",
            Facts.Of(("key", rotation.Key.Id), ("version", rotation.NewVersion ?? "")),
            now,
            now
        );

    public static Finding ManagedByCertificate(SigningKey key, DateTimeOffset now) =>
        new(
            FindingKinds.KeyManagedByCertificate,
            key.Id,
            Severity.High,
            $"{key.Id} belongs to a certificate and cannot be rotated here.",
            "Renew the certificate, or move the issuer to a key of its own.",
            Facts.Of(("key", key.Id)),
            now,
            now
        );

    public static Finding UnknownVersion(SigningKey key, KeyVersionProperties version, bool disabled, DateTimeOffset now) =>
        new(
            FindingKinds.UnknownVersion,
            $"{key.Id}/{version.Version}",
            Severity.Critical,
            $"{key.Id} has version {version.Version}, which Rekey did not make. It is not trusted{(disabled ? " and was disabled" : "")}.",
            "Find out in the vault's audit log who made it and how (KeyImport, KeyCreate, KeyRotate). Rotate with Rekey instead.",
            Facts.Of(
                ("key", key.Id),
                ("version", version.Version),
                ("created", version.Created.ToString("O")),
                ("disabled", disabled ? "yes" : "no")
            ),
            now,
            now
        );

    public static Finding EndedVersionSigns(SigningKey key, string version, DateTimeOffset now) =>
        new(
            FindingKinds.EndedVersionSigns,
            $"{key.Id}/{version}",
            Severity.High,
            $"{key.Id}/{version} was ended and can sign again. It is not trusted.",
            "Find out who enabled it, and disable it.",
            Facts.Of(("key", key.Id), ("version", version)),
            now,
            now
        );

    private static string Remedy(string reason) =>
        reason switch
        {
            VaultReasons.Forbidden => "Give Rekey's identity read, rotate and update on the key; it is tried again by itself.",
            VaultReasons.Firewall => "Let Rekey's network reach the vault; it is tried again by itself.",
            VaultReasons.Deleted => "Recover the key, or make a new one and govern that.",
            VaultReasons.NotFound => "The key is gone: make a new one and govern that.",
            VaultReasons.Managed => "Renew the certificate that owns the key, or move the issuer to a key of its own.",
            "no-proof-that-old-versions-are-unused" => "See whether the issuer's log has gaps, or connect a log of issuances. "
                + "Without one set AssumeDrainedAfter, or answer the decision.",
            FindingKinds.ForeignKeyPublished => "Somebody else's key is published for this issuer: see the finding about it.",
            "old-versions-still-sign" => "Some issuer signs with an old version: make it follow the trust list's current version.",
            _ => "See the reason; it is tried again by itself.",
        };
}
