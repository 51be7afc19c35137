using Rekey.Ledgers;
using Rekey.Trust.Documents;
using Rekey.Trust.History;

namespace Rekey.Trust.Lists;

/// <summary>The published trust list as read from the container, where anyone with write access can put anything.</summary>
/// <param name="Document">Null when there is none.</param>
/// <param name="List">Null when Rekey's present key has not signed it for this environment.</param>
internal sealed record StandingList(Document? Document, TrustList? List)
{
    /// <summary>The mistake in the list; null when there is none. A list that was signed once and restored later is refused.</summary>
    public string? Alteration(TrustHistory history) =>
        (Document, List) switch
        {
            (null, _) => null,
            (_, null) => "it is not signed with Rekey's present document key",
            _ when List.Sequence < history.PublishedSequence =>
                $"its number {List.Sequence} is lower than {history.PublishedSequence}, which was published",
            _ => null,
        };

    /// <summary>
    /// What the list has that the ledger lacks; null when nothing. A number one above the ledger's comes from a publisher that crashed
    /// before it wrote the line.
    /// </summary>
    /// <param name="mark">The ledger's last line.</param>
    public async Task<string?> ContradictionAsync(
        TrustLedger ledger,
        TrustHistory history,
        LedgerMark mark,
        CancellationToken cancellationToken
    ) =>
        List is null ? null
        : List.Sequence > history.AcceptedSequence && await LackingAsync(List, ledger, history, mark, cancellationToken) is { } lines
            ? lines
        : List.Revoked.FirstOrDefault(t => !history.IsRevoked(t)) is { } lacking
            ? $"the published trust list has {lacking} as revoked, and the ledger does not"
        : null;

    private static async Task<string?> LackingAsync(
        TrustList list,
        TrustLedger ledger,
        TrustHistory history,
        LedgerMark mark,
        CancellationToken cancellationToken
    ) =>
        list.Sequence > history.PublishedSequence + 1
            ? $"trust list {list.Sequence} is published with Rekey's signature, and the ledger's last one is {history.PublishedSequence}"
        : list.Ledger.Count > mark.Count
            ? $"the published trust list was signed after line {list.Ledger.Count}, and the ledger has {mark.Count} lines"
        : !await ledger.HasAsync(list.Ledger, cancellationToken)
            ? $"the published trust list was signed after line {list.Ledger.Count} with the hash {list.Ledger.Hash}, and the "
                + "ledger has another line there"
        : null;

    /// <summary>The highest number that a verifier can have seen.</summary>
    public long Highest(TrustHistory history) => Math.Max(history.PublishedSequence, List?.Sequence ?? 0);
}
