namespace Rekey.Sweeps;

/// <summary>Everything that is known of gaps in issuers' logs, for questions about one token.</summary>
public sealed class KnownGaps
{
    private readonly ILookup<string, (string Instance, TrackedGap Gap)> _byIssuer;
    private readonly TimeSpan _skew;

    public KnownGaps(IEnumerable<InstanceGaps> instances, TimeSpan skew)
    {
        _byIssuer = instances.SelectMany(i => i.Gaps.Select(g => (i.Iss, i.IssuerInstance, Gap: g))).ToLookup(g => g.Iss, g => (g.IssuerInstance, g.Gap), StringComparer.Ordinal);
        _skew = skew;
    }

    /// <summary>Whether a token's issuance may be hidden in a gap that is there now.</summary>
    public bool MayHide(PresentedToken token) => Any(token, g => g.Hides);

    /// <summary>Whether there ever was a gap at the token's time, be it closed since: a log that was unsound is no proof.</summary>
    public bool EverMayHide(PresentedToken token) => Any(token, _ => true);

    private bool Any(PresentedToken token, Func<TrackedGap, bool> counts) => _byIssuer[token.Iss].Any(g =>
        counts(g.Gap) && new IssuanceGap(token.Iss, g.Instance, g.Gap.From, g.Gap.To, g.Gap.Missing).MayHide(token.Iss, token.IssuedAt, _skew));
}
