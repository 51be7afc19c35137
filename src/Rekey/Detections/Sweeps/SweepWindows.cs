using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Detections.Sweeps;

/// <summary>What sweeps know of keys: when each kid was trusted, and which versions there ever were. From the ledger, not from a
/// table.</summary>
/// <param name="Governed">The <c>iss</c> of every issuer that this deployment governs.</param>
/// <param name="KnownSince">By <c>iss</c>: before that nothing is known of which kids were good.</param>
public sealed record SweepWindows(
    IReadOnlyList<KidWindow> Windows,
    IReadOnlyList<KnownVersion> Versions,
    IReadOnlySet<string> Governed,
    IReadOnlyDictionary<string, DateTimeOffset> KnownSince
)
{
    public static SweepWindows Of(TrustHistory history, GovernedKeys governedKeys, TrustOptions options)
    {
        var versions = governedKeys
            .Keys.SelectMany(k => history.VersionsOf(k.Key.Id).Select(v => (Key: k, Version: v, Kid: KidOf(k, v))))
            .ToList();

        // An issuer is judged once all of its keys have been reviewed: before that, good kids would be missing.
        var reviewed = governedKeys
            .Keys.GroupBy(k => k.Issuer.Issuer, StringComparer.Ordinal)
            .Where(g => g.All(k => history.HasBaseline(k.Key.Id) && history.VersionsOf(k.Key.Id).Count > 0))
            .ToList();
        var since = reviewed.ToDictionary(
            g => g.Key,
            g => g.Max(k => history.VersionsOf(k.Key.Id).Min(v => v.TrustedFrom)),
            StringComparer.Ordinal
        );
        return new(
            [.. versions.Where(v => since.ContainsKey(v.Key.Issuer.Issuer)).Select(v => WindowOf(v.Key, v.Kid, v.Version, options))],
            [.. versions.Select(v => new KnownVersion(v.Key, v.Kid, v.Version.Thumbprint, history.IsBarred(v.Version.Thumbprint)))],
            governedKeys.Keys.Select(k => k.Issuer.Issuer).ToHashSet(StringComparer.Ordinal),
            since
        );
    }

    /// <summary>Whether verdicts about keys can be given on an access of that time.</summary>
    public bool CanJudgeKeys(string iss, DateTimeOffset at) => KnownSince.TryGetValue(iss, out var since) && at >= since;

    /// <summary>The version that an issuer's tokens name so; null when none ever was trusted under that kid.</summary>
    public KnownVersion? Find(string iss, string? kid) =>
        Versions.FirstOrDefault(v =>
            string.Equals(v.Kid, kid, StringComparison.Ordinal) && string.Equals(v.Key.Issuer.Issuer, iss, StringComparison.Ordinal)
        );

    /// <summary>When the trust of a token's key ends; null while that is not known.</summary>
    public DateTimeOffset? TrustedUntil(string? iss, string? kid) =>
        Windows
            .FirstOrDefault(w => string.Equals(w.Kid, kid, StringComparison.Ordinal) && string.Equals(w.Iss, iss, StringComparison.Ordinal))
            ?.TrustedUntil;

    public static string KidOf(BoundKey key, VersionRecord version) =>
        key.Issuer.KidForm is KidForm.Thumbprint ? version.Thumbprint : version.Version;

    /// <summary>Versions that were there before Rekey were trusted before the ledger said so: nobody knows since when.</summary>
    private static KidWindow WindowOf(BoundKey key, string kid, VersionRecord v, TrustOptions options)
    {
        var lastToken = v.IssuedUntil + KeyRetention.Of(options);
        var until = v.TrustEndedAt is { } ended && !(lastToken < ended) ? ended : lastToken;
        var from = v.Basis.StartsWith("baseline/", StringComparison.Ordinal) ? DateTimeOffset.UnixEpoch : v.TrustedFrom;
        return new(key.Issuer.Issuer, kid, from, v.IssuedUntil, until);
    }
}
