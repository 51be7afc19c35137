using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Blocking;

/// <summary>Finds revoked kids, as tokens name them. Pure.</summary>
public static class RevokedKids
{
    /// <summary>Whether a kid of an issuer was revoked so long ago that every gateway which follows the trust list knows.</summary>
    public static Func<string, string, bool> Of(GovernedKeys governedKeys, TrustHistory history, TrustOptions options, DateTimeOffset now)
    {
        var knownSince = now - options.StaleTime - options.InstanceCache;
        var revoked = governedKeys
            .Keys.SelectMany(k =>
                history
                    .VersionsOf(k.Key.Id)
                    .Where(v => history.Revoked.TryGetValue(v.Thumbprint, out var at) && at <= knownSince)
                    .Select(v => (k.Issuer.Issuer, k.Issuer.KidOf(v)))
            )
            .ToHashSet();
        return (issuer, kid) => revoked.Contains((issuer, kid));
    }
}
