using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Trust;

/// <summary>The findings about trusted versions and the published trust list.</summary>
public static class TrustFindings
{
    public static Finding VersionGone(SigningKey key, string version, DateTimeOffset now) =>
        new(
            FindingKinds.TrustedVersionGone,
            $"{key.Id}/{version}",
            Severity.Critical,
            $"The vault has no {key.Id}/{version} any more, which is trusted. It stays published while its tokens live; "
                + "nothing can be signed with it.",
            "Somebody deleted the key: find out who, in the vault's audit log, and recover it, or rotate.",
            Facts.Of(("key", key.Id), ("version", version)),
            now,
            now
        );

    public static Finding ThumbprintMismatch(SigningKey key, string version, DateTimeOffset now) =>
        new(
            FindingKinds.ThumbprintMismatch,
            $"{key.Id}/{version}",
            Severity.Critical,
            $"The vault's key for {key.Id}/{version} is not the one in the ledger. It is not published.",
            "Somebody replaced the vault or restored a backup. Keep the evidence and rotate.",
            Facts.Of(("key", key.Id), ("version", version)),
            now,
            now
        );

    public static Finding TrustedElsewhere(SigningKey key, string version, string thumbprint, DateTimeOffset now) =>
        new(
            FindingKinds.KeyImportedFromAnother,
            $"{key.Id}/{version}",
            Severity.Critical,
            $"The vault's version {version} of {key.Id} is the key that another governed key is trusted under. It is not "
                + "trusted here, and was not revoked: that would end the other one.",
            "Somebody took that private key out of its vault and imported it here: rotate the other key, and see both vaults' audit logs.",
            Facts.Of(("key", key.Id), ("version", version), ("thumbprint", thumbprint)),
            now,
            now
        );

    public static Finding ListRefused(string environment, string why, DateTimeOffset now) =>
        new(
            FindingKinds.TrustListRefused,
            environment,
            Severity.Critical,
            "The published trust list is refused: somebody may have replaced or deleted it.",
            "See who can write to the container of published documents. Rekey serves the list of its ledger from memory "
                + "meanwhile, and publishes "
                + "a good one by itself within a minute.",
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
            $"The key set of issuer '{issuer.Name}' at {where} holds a key that Rekey never trusted for it: whoever has its "
                + "private half signs tokens in the issuer's name.",
            "Find out who can write there or stands before it, and what the key was used for. Take it out.",
            Facts.Of(("issuer", issuer.Name), ("where", where), ("thumbprints", keys)),
            now,
            now
        );
    }
}
