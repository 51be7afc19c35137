namespace Rekey.Ledgers;

/// <summary>What a change of a record is, for whoever reads the ledger.</summary>
/// <param name="Kind">What happened, in the words of <see cref="LedgerKinds"/>.</param>
/// <param name="About">The departure, key or person it is about.</param>
/// <param name="Facts">What a reader wants to know besides the members that changed.</param>
public sealed record LedgerEvent(string Kind, string About, IReadOnlyDictionary<string, string> Facts);
