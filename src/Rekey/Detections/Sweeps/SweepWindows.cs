using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Detections.Sweeps;

/// <summary>The trust windows of all kids, and all key versions that ever existed. They come from the ledger, not from a table.</summary>
/// <param name="Governed">The <c>iss</c> of every issuer that this deployment governs.</param>
/// <param name="KnownSince">By <c>iss</c>: the time before which trusted kids are unknown.</param>
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

        // Judge an issuer only after all of its keys were reviewed: before that, trusted kids would be missing.
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
            [.. versions.Select(v => new KnownVersion(v.Key, v.Kid, v.Version.Thumbprint, history.IsRevoked(v.Version.Thumbprint)))],
            governedKeys.Keys.Select(k => k.Issuer.Issuer).ToHashSet(StringComparer.Ordinal),
            since
        );
    }

    /// <summary>Whether keys can be judged for an access at that time.</summary>
    public bool CanJudgeKeys(string iss, DateTimeOffset at) => KnownSince.TryGetValue(iss, out var since) && at >= since;

    /// <summary>Finds the version by an issuer's kid; null if none was ever trusted under it.</summary>
    public KnownVersion? Find(string iss, string? kid) =>
        Versions.FirstOrDefault(v =>
            string.Equals(v.Kid, kid, StringComparison.Ordinal) && string.Equals(v.Key.Issuer.Issuer, iss, StringComparison.Ordinal)
        );

    /// <summary>Returns when trust in a token's key ends; null if unknown.</summary>
    public DateTimeOffset? TrustedUntil(string? iss, string? kid) =>
        Windows
            .FirstOrDefault(w => string.Equals(w.Kid, kid, StringComparison.Ordinal) && string.Equals(w.Iss, iss, StringComparison.Ordinal))
            ?.TrustedUntil;

    public static string KidOf(BoundKey key, VersionRecord version) => key.Issuer.KidOf(version);

    /// <summary>Versions that are older than Rekey were trusted before the ledger began, since an unknown time.</summary>
    private static KidWindow WindowOf(BoundKey key, string kid, VersionRecord v, TrustOptions options)
    {
        var lastToken = v.IssuedUntil + KeyRetention.Of(options);
        var until = v.TrustEndedAt is { } ended && !(lastToken < ended) ? ended : lastToken;
        var from = v.IsApproved ? DateTimeOffset.UnixEpoch : v.TrustedFrom;
        return new(key.Issuer.Issuer, kid, from, v.IssuedUntil, until);
    }
}
