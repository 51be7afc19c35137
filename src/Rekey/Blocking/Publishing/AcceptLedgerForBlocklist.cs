using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Trust.Documents;
using Rekey.Trust.History;
using Rekey.Trust.Publishing;

namespace Rekey.Blocking.Publishing;

/// <summary>Goes on with a ledger that two approvers have accepted although it lacks what the published blocklist has.</summary>
public sealed class AcceptLedgerForBlocklist(
    SeenLedger seenLedger,
    TrustLedger trustLedger,
    BlockLedger ledger,
    ReadBlocklist reader,
    IBlockFiles files,
    DecisionLedger decisions,
    TimeProvider timeProvider
)
{
    /// <inheritdoc cref="SeenLedger.CheckAcceptedAsync"/>
    internal Task CheckAsync(Decision decision, CancellationToken cancellationToken) =>
        seenLedger.CheckAcceptedAsync(decision, cancellationToken);

    /// <summary>
    /// Puts on record that the ledger was accepted in spite of this list, if it was, and the list that goes on with its entries; false when
    /// it was not.
    /// </summary>
    internal async Task<bool> RunAsync(Document document, PublishedBlocks published, CancellationToken cancellationToken)
    {
        foreach (var decision in (await decisions.ReadAsync(cancellationToken)).Approved(DecisionKinds.AcceptLedgerForBlocklist))
        {
            var accepted = LedgerAcceptance.Parse(decision.About);
            if (
                string.Equals(accepted.Document, AcceptLedger.HashOf(document), StringComparison.Ordinal)
                && await trustLedger.HasAsync(accepted.Ledger, cancellationToken)
            )
            {
                var (before, now) = ((await ledger.ReadAsync(cancellationToken)).Current, timeProvider.GetUtcNow());
                var list = await StandingAsync(cancellationToken);
                var add = list.Towards([.. published.List.At(now)], [], now)?.Add ?? [];
                var next = new Blocklist(Math.Max(before.Number, published.List.Number) + 1, list.With(new(add, []), now).Entries);
                var fact = new BlockFact(next.Number, next.Sha256);
                await files.KeepAsync(BlockDocuments.FileOf(fact), BlockDocuments.Bytes(next), cancellationToken);
                await ledger.AcceptAsync(published.Environment, accepted.Ledger, decision, before, fact, cancellationToken);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The ledger's list. When many lines are gone, its document was removed long ago: the published list is a later one.
    /// </summary>
    private async Task<Blocklist> StandingAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (CannotContinueException e) when (e.Reason is FindingKinds.BlocklistAltered)
        {
            return Blocklist.Empty;
        }
    }
}
