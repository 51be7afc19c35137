using Rekey.AspNetCore.Tokens;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Documents;

/// <summary>One trust list with one blocklist, and the tokens that were accepted under them. A new version of either starts with no
/// remembered tokens.</summary>
/// <param name="remembered">The number of tokens to remember; 0 remembers none.</param>
internal sealed class GatewayLists(TrustList trust, PublishedBlocks blocks, int remembered)
{
    private readonly TrustOptions _rules = trust.Tokens?.ToOptions() ?? new();
    private readonly Remembered<AcceptedToken> _accepted = new(remembered);

    /// <summary>When the first of the two lists ends.</summary>
    public DateTimeOffset ValidUntil { get; } = trust.ValidUntil < blocks.ValidUntil ? trust.ValidUntil : blocks.ValidUntil;

    /// <summary>The token, if it was accepted before and still is.</summary>
    public AcceptedToken? Find(in TokenHash token, DateTimeOffset now) =>
        _accepted.Find(token) is { } found && now >= found.HoldsFrom && now < found.HoldsUntil ? found : null;

    public void Remember(in TokenHash token, AcceptedToken accepted) => _accepted.Add(token, accepted);

    /// <summary>Judges a token, as Rekey's introspection does. A blocked token passes every check like any other, so that the time of the
    /// answer does not show a forger that Rekey has noticed them.</summary>
    /// <param name="facts">The facts of a token that is accepted; otherwise null.</param>
    public TokenVerdict Judge(string token, DateTimeOffset now, out TokenFacts? facts)
    {
        facts = null;
        var verdict = TokenJudge.Judge(token, trust, _rules, now);
        if (!verdict.Active)
        {
            return verdict;
        }

        facts = TokenFacts.Of(token, verdict);
        return blocks.List.Blocks(facts, now) ? new(RefusalReasons.Blocked, Claims: null, Entry: null) : verdict;
    }
}
