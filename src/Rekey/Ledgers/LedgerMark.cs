namespace Rekey.Ledgers;

/// <summary>The ledger's last line when a document was signed: it reveals later that the ledger was cut.</summary>
/// <param name="Count">The number of its last line; 0 when it has none.</param>
/// <param name="Hash">SHA-256 of that line, lower-case hex; 64 zeros when there is none.</param>
public sealed record LedgerMark(long Count, string Hash)
{
    /// <summary>A ledger without lines.</summary>
    public static LedgerMark Empty { get; } = new(0, new('0', 64));
}
