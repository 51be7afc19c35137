using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Trust;

/// <summary>Builds the findings about trusted versions and the published trust list.</summary>
public static class TrustFindings
{
    public static Finding VersionGone(SigningKey key, string version, DateTimeOffset now) =>
        new(
            FindingKinds.TrustedVersionGone,
            $"{key.Id}/{version}",
            Severity.Critical,
            $"The vault no longer has {key.Id}/{version}, which is trusted. It stays published until its tokens have expired; "
                + "nothing can be signed with it.",
            "Find in the vault's audit log who deleted the key. Recover it, or rotate.",
            Facts.Of(("key", key.Id), ("version", version)),
            now,
            now
        );

    public static Finding ThumbprintMismatch(SigningKey key, string version, DateTimeOffset now) =>
        new(
            FindingKinds.ThumbprintMismatch,
            $"{key.Id}/{version}",
            Severity.Critical,
            $"The vault's key for {key.Id}/{version} is not the one in the ledger. Rekey does not publish it.",
            "The vault was replaced or a backup was restored. Keep the evidence, and rotate the key.",
            Facts.Of(("key", key.Id), ("version", version)),
            now,
            now
        );

    public static Finding TrustedElsewhere(SigningKey key, string version, string thumbprint, DateTimeOffset now) =>
        new(
            FindingKinds.KeyImportedFromAnother,
            $"{key.Id}/{version}",
            Severity.Critical,
            $"The vault's version {version} of {key.Id} is a trusted version of another governed key. It is not "
                + "trusted here. It was not revoked, because that would revoke the other key too.",
            "The other key's private half was taken from its vault and imported here. Rotate the other key; read both vaults' audit logs.",
            Facts.Of(("key", key.Id), ("version", version), ("thumbprint", thumbprint)),
            now,
            now
        );

    public static Finding ListRefused(string environment, string why, DateTimeOffset now) =>
        new(
            FindingKinds.TrustListRefused,
            environment,
            Severity.Critical,
            "Rekey refuses the published trust list: it may have been replaced or deleted.",
            "Check who can write to the container of published documents. Meanwhile Rekey serves its ledger's list from memory. "
                + "It publishes a good list by itself within a minute.",
            Facts.Of(("reason", why)),
            now,
            now
        );

    public static Finding ForeignKeyPublished(IssuerBinding issuer, string where, IEnumerable<string> thumbprints, DateTimeOffset now)
    {
        var keys = string.Join(' ', thumbprints.Order(StringComparer.Ordinal));
        return new(
            FindingKinds.ForeignKeyPublished,
            $"{issuer.Name}/{StableId.Of(where, keys)}",
            Severity.Critical,
            $"The key set of issuer '{issuer.Name}' at {where} holds a key that Rekey never trusted for it. The holder of its "
                + "private half can sign tokens in the issuer's name.",
            "Find out who can write there or sits in front of it, and what the key was used for. Remove the key from the key set.",
            Facts.Of(("issuer", issuer.Name), ("where", where), ("thumbprints", keys)),
            now,
            now
        );
    }
}
