namespace Rekey.Functions.Ledgers;

/// <summary>A page of the ledger's lines, the newest first. It may have few lines, or none, although more pages follow.</summary>
/// <param name="Next">The <c>after</c> of the next page; null on the last.</param>
public sealed record LedgerLinePage(IEnumerable<LedgerLineView> Lines, string? Next);
