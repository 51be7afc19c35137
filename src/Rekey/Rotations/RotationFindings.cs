using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>The findings that rotations and the watch over versions raise.</summary>
public static class RotationFindings
{
    public static Finding Stuck(Rotation rotation, string reason, DateTimeOffset now) => new(
        FindingKinds.RotationStuck, rotation.Id,
        rotation is { Urgency: Urgency.Immediate, TrustEndedAt: null } ? Severity.Critical : Severity.High,
        $"The rotation of {rotation.Key.Id} cannot go on: {reason}.", Remedy(reason),
        Facts.Of(("key", rotation.Key.Id), ("reason", reason), ("urgency", rotation.Urgency.ToString()), ("trustEnded", rotation.TrustEndedAt?.ToString("O") ?? "no")), now, now);

    public static Finding NotPublished(Rotation rotation, string why, DateTimeOffset now) => new(
        FindingKinds.NewVersionNotPublished, rotation.Id, Severity.Critical, $"The new version of {rotation.Key.Id} was made and cannot be published: {why}",
        "See that Rekey reaches its document key, the container of published documents, and the vault of this key. Until then the old versions end without a successor, if that is answered with yes or the issuer has another key.",
        Facts.Of(("key", rotation.Key.Id), ("version", rotation.NewVersion ?? "")), now, now);

    public static Finding VersionGone(SigningKey key, string version, DateTimeOffset now) => new(
        FindingKinds.TrustedVersionGone, $"{key.Id}/{version}", Severity.Critical, $"The vault has no {key.Id}/{version} any more, which is trusted. It stays published while its tokens live; nothing can be signed with it.",
        "Somebody deleted the key: find out who, in the vault's audit log, and recover it, or rotate.", Facts.Of(("key", key.Id), ("version", version)), now, now);

    public static Finding ManagedByCertificate(SigningKey key, DateTimeOffset now) => new(
        FindingKinds.KeyManagedByCertificate, key.Id, Severity.High, $"{key.Id} belongs to a certificate and cannot be rotated here.",
        "Renew the certificate, or move the issuer to a key of its own.", Facts.Of(("key", key.Id)), now, now);

    public static Finding UnknownVersion(SigningKey key, KeyVersionProperties version, bool disabled, DateTimeOffset now) => new(
        FindingKinds.UnknownVersion, $"{key.Id}/{version.Version}", Severity.Critical, $"{key.Id} has version {version.Version}, which Rekey did not make. It is not trusted{(disabled ? " and was disabled" : "")}.",
        "Find out in the vault's audit log who made it and how (KeyImport, KeyCreate, KeyRotate). Rotate with Rekey instead.",
        Facts.Of(("key", key.Id), ("version", version.Version), ("created", version.Created.ToString("O")), ("disabled", disabled ? "yes" : "no")), now, now);

    public static Finding ThumbprintMismatch(SigningKey key, string version, DateTimeOffset now) => new(
        FindingKinds.ThumbprintMismatch, $"{key.Id}/{version}", Severity.Critical, $"The vault's key for {key.Id}/{version} is not the one in the ledger. It is not published.",
        "Somebody replaced the vault or restored a backup. Keep the evidence and rotate.", Facts.Of(("key", key.Id), ("version", version)), now, now);

    public static Finding EndedVersionSigns(SigningKey key, string version, DateTimeOffset now) => new(
        FindingKinds.EndedVersionSigns, $"{key.Id}/{version}", Severity.High, $"{key.Id}/{version} was ended and can sign again. It is not trusted.",
        "Find out who enabled it, and disable it.", Facts.Of(("key", key.Id), ("version", version)), now, now);

    public static Finding TrustedElsewhere(SigningKey key, string version, string thumbprint, DateTimeOffset now) => new(
        FindingKinds.KeyImportedFromAnother, $"{key.Id}/{version}", Severity.Critical,
        $"The vault's version {version} of {key.Id} is the key that another governed key is trusted under. It is not trusted here, and was not revoked: that would end the other one.",
        "Somebody took that private key out of its vault and imported it here: rotate the other key, and see both vaults' audit logs.",
        Facts.Of(("key", key.Id), ("version", version), ("thumbprint", thumbprint)), now, now);

    public static Finding ListRefused(string environment, string why, DateTimeOffset now) => new(
        FindingKinds.TrustListRefused, environment, Severity.Critical, "The published trust list is refused: somebody may have replaced or deleted it.",
        "See who can write to the container of published documents. Rekey serves the list of its ledger from memory meanwhile, and publishes "
        + "a good one by itself within a minute.",
        Facts.Of(("reason", why)), now, now);

    public static Finding ForeignKeyPublished(IssuerBinding issuer, string where, IEnumerable<string> thumbprints, DateTimeOffset now)
    {
        var keys = string.Join(' ', thumbprints.Order(StringComparer.Ordinal));
        return new(FindingKinds.ForeignKeyPublished, $"{issuer.Name}/{StableId.Of(where, keys)}", Severity.Critical,
            $"The key set of issuer '{issuer.Name}' at {where} holds a key that Rekey never trusted for it: whoever has its private half signs tokens in the issuer's name.",
            "Find out who can write there or stands before it, and what the key was used for. Take it out.", Facts.Of(("issuer", issuer.Name), ("where", where), ("thumbprints", keys)), now, now);
    }

    /// <summary>Something was met that nobody can deal with but people, such as a row that cannot be read or a vault that refuses.</summary>
    /// <param name="what">What could not be done; with the reason it makes the finding what it is. The message may differ each time.</param>
    public static Finding CannotContinue(string what, CannotContinueException refusal, DateTimeOffset now) => new(
        FindingKinds.CannotContinue, AboutOf(what) + refusal.Reason, Severity.High, refusal.Message, refusal.Remedy, Facts.Of(("reason", refusal.Reason)), now, now);

    /// <summary>
    /// Does one part of what a loop does, and reports a refusal. That it works again, or is refused for another reason, closes the findings of before, so that
    /// the same refusal is told next time.
    /// </summary>
    /// <param name="what">Names the part, the same each time.</param>
    /// <returns>The refusal; null when it was done.</returns>
    public static async Task<CannotContinueException?> ReportRefusalAsync(this IFindings findings, string what, Func<CancellationToken, Task> act, TimeProvider clock, CancellationToken cancel)
    {
        CannotContinueException? refused = null;
        try
        {
            await act(cancel);
        }
        catch (CannotContinueException e)
        {
            refused = e;
        }

        await findings.ReportAsync(what, refused, clock, cancel);
        return refused;
    }

    /// <param name="refused">Why it was not done; null when it was.</param>
    public static async Task ReportAsync(this IFindings findings, string what, CannotContinueException? refused, TimeProvider clock, CancellationToken cancel)
    {
        var finding = refused is null ? null : CannotContinue(what, refused, clock.GetUtcNow());
        if (finding is not null)
        {
            await findings.RaiseAsync(finding, cancel);
        }

        await findings.CloseOthersAsync(FindingKinds.CannotContinue, AboutOf(what), finding is null ? [] : [finding.Id], "It was done since, or is refused for another reason.", cancel);
    }

    private static string AboutOf(string what) => $"{what}: ";

    private static string Remedy(string reason) => reason switch
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
