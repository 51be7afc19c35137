using Rekey.Core;
using Rekey.Findings;
using Rekey.Rotations.Outcomes;
using Rekey.Rotations.Planning;
using Rekey.Rotations.Tokens;
using Rekey.Trust;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations;

/// <summary>Builds the findings about rotations, and about key versions that Rekey did not make.</summary>
internal static class RotationFindings
{
    public static Finding Stuck(Rotation rotation, string reason, DateTimeOffset now) =>
        new(
            FindingKinds.RotationStuck,
            rotation.Id,
            rotation is { Urgency: Urgency.Immediate, TrustEndedAt: null } ? Severity.Critical : Severity.High,
            $"The rotation of {rotation.Key.Id} is stuck: {reason}.",
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

    /// <param name="versions">The versions that are not trusted any more.</param>
    /// <param name="counted">Their live tokens, after that.</param>
    public static Finding TokensEnded(Rotation rotation, IReadOnlyList<string> versions, LiveTokenCount counted, DateTimeOffset now) =>
        new(
            FindingKinds.TokensEnded,
            rotation.Id,
            Severity.High,
            $"The rotation of {rotation.Key.Id} ended live tokens: everybody who signed in with the old versions before "
                + $"{rotation.TrustEndingAt ?? now:u} must sign in again. {Words(counted)}",
            "Expect refused tokens and more sign-ins, and tell the people who answer customers. This cannot be undone.",
            Facts.Of([
                ("key", rotation.Key.Id),
                ("rotation", rotation.Id),
                ("endedVersions", string.Join(' ', versions)),
                ("newVersion", rotation.NewVersion ?? ""),
                ("signedInBefore", (rotation.TrustEndingAt ?? now).ToString("O")),
                .. FactsOf(counted),
            ]),
            rotation.TrustEndingAt ?? now,
            now
        );

    /// <summary>What Rekey would have done for one departure or campaign.</summary>
    /// <param name="counted">The live tokens that an immediate rotation of the keys would end now.</param>
    public static Finding Observed(string subject, IReadOnlyList<RecordedCause> causes, LiveTokenCount counted, DateTimeOffset now)
    {
        var keys = KeysOf(causes);
        return new(
            FindingKinds.ResponseObserved,
            subject,
            Severity.Low,
            $"Rekey only observes. It would have rotated {keys.Count} key(s) because of "
                + (RotationCause.DepartureOf(subject) is not null ? $"the departure {subject}." : $"forged tokens ({subject})."),
            "The keys stay trusted. Rotate them by hand, or set Rotations:Mode to Ask or Enforce.",
            Facts.Of([("keys", string.Join(' ', keys)), .. FactsOf(counted)]),
            causes.Min(c => c.At),
            causes.Max(c => c.At)
        )
        {
            Milestone = $"{keys.Count}",
        };
    }

    /// <summary>What Rekey would have done in a week.</summary>
    /// <param name="monday">The first day of the week.</param>
    /// <param name="counted">The live tokens that immediate rotations of the keys would end now.</param>
    public static Finding ObservedWeek(
        DateTimeOffset monday,
        IReadOnlyList<RecordedCause> causes,
        LiveTokenCount counted,
        DateTimeOffset now
    )
    {
        var leavers = causes
            .Select(ObservedResponses.SubjectOf)
            .OfType<string>()
            .Where(s => RotationCause.DepartureOf(s) is not null)
            .Distinct(StringComparer.Ordinal)
            .Count();
        var keys = KeysOf(causes);
        return new(
            FindingKinds.ObservedWeek,
            $"{monday:yyyy-MM-dd}",
            Severity.Low,
            $"In the week from {monday:yyyy-MM-dd} Rekey only observed. {leavers} leaver(s) could use governed keys, and Rekey would have "
                + $"rotated {keys.Count} key(s). {Words(counted)}",
            "The keys stay trusted. Set Rotations:Mode to Ask, and Rekey asks an approver each time.",
            Facts.Of([("leavers", $"{leavers}"), ("keysToRotate", $"{keys.Count}"), ("requests", $"{causes.Count}"), .. FactsOf(counted)]),
            now,
            now
        );
    }

    /// <summary>The keys whose live tokens a rotation for these causes would end. A graceful one waits for the last token.</summary>
    internal static List<string> KeysAtOnce(IReadOnlyList<RecordedCause> causes) =>
        KeysOf([.. causes.Where(c => c.Urgency is Urgency.Immediate)]);

    private static List<string> KeysOf(IReadOnlyList<RecordedCause> causes) =>
        [.. causes.Select(c => c.KeyId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Words(LiveTokenCount counted) =>
        counted.UnknownBecause is { } because
            ? $"How many live tokens that are is unknown: {because}"
            : $"That are {counted.Tokens} live token(s) of {counted.Callers} caller(s), counted at {counted.At:u}.";

    private static (string Name, string Value)[] FactsOf(LiveTokenCount counted) =>
        counted.UnknownBecause is { } because
            ? [("liveTokens", "unknown"), ("liveTokensUnknown", because)]
            : [("liveTokens", $"{counted.Tokens}"), ("callers", $"{counted.Callers}"), ("countedAt", counted.At.ToString("O"))];

    public static Finding NotPublished(Rotation rotation, string why, DateTimeOffset now) =>
        new(
            FindingKinds.NewVersionNotPublished,
            rotation.Id,
            Severity.Critical,
            $"Rekey made a new version of {rotation.Key.Id} and cannot publish it: {why}",
            "Check that Rekey reaches its document key, the container of published documents and the vault of this key. "
                + "Until then the old versions can end only without a successor: after a yes to that decision, or if the issuer has "
                + "another key.",
            Facts.Of(("key", rotation.Key.Id), ("version", rotation.NewVersion ?? "")),
            now,
            now
        );

    public static Finding ManagedByCertificate(SigningKey key, DateTimeOffset now) =>
        new(
            FindingKinds.KeyManagedByCertificate,
            key.Id,
            Severity.High,
            $"{key.Id} belongs to a certificate: Rekey cannot rotate it.",
            "Renew the certificate, or move the issuer to a key without a certificate.",
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
            "Find in the vault's audit log who made it and how (KeyImport, KeyCreate, KeyRotate). Then rotate the key with Rekey.",
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
            $"{key.Id}/{version} was revoked and can sign again. It is not trusted.",
            "Find in the vault's audit log who enabled it, and disable it.",
            Facts.Of(("key", key.Id), ("version", version)),
            now,
            now
        );

    private static string Remedy(string reason) =>
        reason switch
        {
            VaultReasons.Forbidden => "Grant Rekey's identity read, rotate and update on the key. Rekey retries by itself.",
            VaultReasons.Firewall => "Let Rekey's network through the vault's firewall. Rekey retries by itself.",
            VaultReasons.Deleted => "Recover the key, or make a new one and govern that.",
            VaultReasons.NotFound => "The vault has no such key: make a new one and govern that.",
            VaultReasons.Managed => "Renew the certificate that owns the key, or move the issuer to a key without a certificate.",
            "no-proof-that-old-versions-are-unused" => "Check the issuer's log for gaps, or connect a log of issuances. "
                + "Without such a log set AssumeDrainedAfter, or answer the decision.",
            FindingKinds.ForeignKeyPublished => "The issuer's key set holds a key that Rekey never trusted: see that finding.",
            "old-versions-still-sign" => "An issuer still signs with an old version: make it follow the trust list's current version.",
            _ => "Fix what the reason names. Rekey retries by itself.",
        };
}
