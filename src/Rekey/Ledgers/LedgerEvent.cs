namespace Rekey.Ledgers;

/// <summary>The description of a record's change for readers of the ledger.</summary>
/// <param name="Kind">What happened, in the words of <see cref="LedgerKinds"/>.</param>
/// <param name="About">The departure, key or person it is about.</param>
/// <param name="Facts">Facts for readers in addition to the changed members.</param>
public sealed record LedgerEvent(string Kind, string About, IReadOnlyDictionary<string, string> Facts);
