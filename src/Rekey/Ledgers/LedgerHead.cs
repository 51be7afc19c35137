using Rekey.Ledgers.Segments;

namespace Rekey.Ledgers;

/// <summary>
/// The end of the ledger: the number of lines and the hash of the last one. A reader that keeps it notices when the ledger is cut.
/// </summary>
/// <param name="Lines">How many lines there are.</param>
/// <param name="Hash">SHA-256 of the last one, lower-case hex; 64 zeros when there is none.</param>
public sealed record LedgerHead(long Lines, string Hash)
{
    /// <summary>A ledger without lines.</summary>
    public static readonly LedgerHead Empty = new(0, LedgerChain.Origin);
}
