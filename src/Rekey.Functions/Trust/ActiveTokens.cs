using Rekey.Blocking;
using Rekey.Functions.Security;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Functions.Trust;

/// <summary>Replies about active tokens under one trust list, one blocklist and one ledger: with the next version of any of these a new,
/// empty one takes its place.</summary>
/// <param name="max">How many are kept; 0 keeps none.</param>
internal sealed class ActiveTokens(TrustList list, Blocklist blocked, TrustHistory revoked, int max)
{
    private readonly Remembered<ActiveToken> _replies = new(max);

    /// <summary>Whether it rests on these.</summary>
    public bool RestsOn(TrustList onList, Blocklist onBlocklist, TrustHistory onHistory) =>
        ReferenceEquals(list, onList) && ReferenceEquals(blocked, onBlocklist) && ReferenceEquals(revoked, onHistory);

    /// <summary>The reply, if it holds at that time.</summary>
    public ActiveToken? Find(in TokenHash token, DateTimeOffset now) =>
        _replies.Find(token) is { } found && now >= found.From && now < found.Until ? found : null;

    public void Add(in TokenHash token, ActiveToken active) => _replies.Add(token, active);
}
