namespace Rekey.Ledgers;

/// <summary>How far the ledger was when something was signed: who has this can tell a ledger that was cut.</summary>
/// <param name="Count">The number of its last line; 0 when it has none.</param>
/// <param name="Hash">SHA-256 of that line, lower-case hex; 64 zeros when there is none.</param>
public sealed record LedgerMark(long Count, string Hash)
{
    /// <summary>A ledger without lines.</summary>
    public static LedgerMark Empty { get; } = new(0, new('0', 64));
}
