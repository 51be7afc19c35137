using Rekey.Detections.Campaigns;
using Rekey.Trust;

namespace Rekey.Detections.Gaps;

/// <summary>The known gaps in issuers' logs, for questions about one token.</summary>
public sealed class KnownGaps
{
    private readonly ILookup<string, (string Instance, TrackedGap Gap)> _byIssuer;
    private readonly TrustOptions _trust;

    public KnownGaps(IEnumerable<InstanceGaps> instances, TrustOptions trust)
    {
        _byIssuer = instances
            .SelectMany(i => i.Gaps.Select(g => (i.Iss, i.IssuerInstance, Gap: g)))
            .ToLookup(g => g.Iss, g => (g.IssuerInstance, g.Gap), StringComparer.Ordinal);
        _trust = trust;
    }

    /// <summary>Whether an open gap may hide a token's issuance.</summary>
    public bool MayHide(TrackedToken token) => Any(token, g => g.Hides);

    /// <summary>Whether there ever was a gap at the token's time, even if closed since: an incomplete log is no proof.</summary>
    public bool EverMayHide(TrackedToken token) => Any(token, _ => true);

    private bool Any(TrackedToken token, Func<TrackedGap, bool> counts) =>
        _byIssuer[token.Token.Iss]
            .Concat(_byIssuer[InstanceGaps.AnyIssuer])
            .Any(g =>
                counts(g.Gap)
                && new IssuanceGap(token.Token.Iss, g.Instance, g.Gap.From, g.Gap.To, g.Gap.Missing).MayHide(
                    token.Token,
                    token.FirstSeen,
                    _trust.MaxTokenLifetime,
                    _trust.ClockSkew
                )
            );
}
