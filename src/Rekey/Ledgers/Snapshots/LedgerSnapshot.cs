namespace Rekey.Ledgers.Snapshots;

/// <summary>The state of all views after one line.</summary>
/// <param name="Line">Number of the line.</param>
/// <param name="Hash">The line's hash: a snapshot of another ledger, or of one that was cut since, does not fit.</param>
/// <param name="Views">By name.</param>
public sealed record LedgerSnapshot(long Line, string Hash, IReadOnlyDictionary<string, SavedView> Views);
