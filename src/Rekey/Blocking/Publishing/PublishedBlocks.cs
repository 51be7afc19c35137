using Rekey.Ledgers.Forks;

namespace Rekey.Blocking.Publishing;

/// <summary>The blocklist for gateways, signed with Rekey's document key.</summary>
/// <param name="ValidUntil">A verifier refuses the list from then on.</param>
public sealed record PublishedBlocks(string Environment, DateTimeOffset MadeAt, DateTimeOffset ValidUntil, Blocklist List)
{
    /// <summary>Hashes of the ledger's lines when the list was signed, as in the trust list.</summary>
    public LineHashes Lines { get; init; } = LineHashes.None;

    /// <summary>The number of the last list in spite of which approvers accepted the ledger; 0 when there was none.</summary>
    public long AcceptedNumber { get; init; }
}
