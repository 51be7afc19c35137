using Rekey.Blocking;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Functions.Trust;

/// <summary>A cache of replies about active tokens under one trust list, one blocklist and one ledger. A new version of any of these
/// starts a new, empty cache.</summary>
/// <param name="max">The number of replies; 0 keeps none.</param>
internal sealed class ActiveTokens(TrustList list, Blocklist blocked, TrustHistory revoked, int max)
{
    private readonly Remembered<ActiveToken> _replies = new(max);

    /// <summary>Tells whether the cache belongs to these versions.</summary>
    public bool RestsOn(TrustList onList, Blocklist onBlocklist, TrustHistory onHistory) =>
        ReferenceEquals(list, onList) && ReferenceEquals(blocked, onBlocklist) && ReferenceEquals(revoked, onHistory);

    /// <summary>Gives the reply if it is valid at that time.</summary>
    public ActiveToken? Find(in TokenHash token, DateTimeOffset now) =>
        _replies.Find(token) is { } found && now >= found.From && now < found.Until ? found : null;

    public void Add(in TokenHash token, ActiveToken active) => _replies.Add(token, active);
}
