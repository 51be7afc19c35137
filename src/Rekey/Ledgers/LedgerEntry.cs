namespace Rekey.Ledgers;

/// <summary>An entry for the ledger: what Rekey saw, decided or did.</summary>
/// <param name="Id">A function of what happened: an entry whose id is in the recent ledger is not written again.</param>
/// <param name="Kind">What happened, in the words of <see cref="LedgerKinds"/>.</param>
/// <param name="About">The departure, key, decision or document it is about.</param>
/// <param name="Facts">Plain facts. Object ids and pseudonyms only: no names, no addresses, no secrets, no tokens.</param>
public sealed record LedgerEntry(string Id, string Kind, string About, IReadOnlyDictionary<string, string> Facts);
