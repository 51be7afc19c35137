using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.History;
using Rekey.Trust.Publishing;

namespace Rekey.Blocking.Publishing;

/// <summary>
/// Lets two approvers accept a ledger that lacks what the published blocklist has: one asks and one answers. Every entry of the published
/// list stays blocked.
/// </summary>
public sealed class AcceptLedgerForBlocklist(
    AcceptLedger accept,
    TrustLedger trustLedger,
    BlockLedger ledger,
    ReadBlocklist reader,
    IBlockFiles files,
    DecisionLedger decisions,
    AskForDecision ask,
    IDocuments documents,
    SignBlocklist sign,
    GovernedKeys governedKeys,
    TimeProvider timeProvider
)
{
    /// <summary>Asks whether the ledger shall be accepted as it is; null when it has what the published blocklist has.</summary>
    /// <param name="seen">Its last line, as the approver saw it. Later lines do not matter.</param>
    /// <param name="reason">The approver's words, for the other one.</param>
    /// <param name="by">The approver who asks: they cannot answer.</param>
    /// <exception cref="CannotContinueException">The ledger is not the one that was seen.</exception>
    public async Task<Decision?> AskAsync(LedgerMark seen, string reason, string by, CancellationToken cancellationToken)
    {
        // 1. Check that it is the ledger that the approver saw recently, and that there is a contradiction.
        await accept.CheckSeenAsync(seen, cancellationToken);
        if (
            await documents.FindAsync(BlockDocuments.Kind, known: null, cancellationToken) is not { } document
            || await sign.OpenAsync(document, cancellationToken) is not { } published
            || (await ledger.ReadAsync(cancellationToken)).Contradiction(published.List) is not { } contradiction
        )
        {
            return null;
        }

        // 2. Ask one question for one ledger and one list; a new one after a no or no answer.
        var statement =
            $"The ledger lacks lines: {contradiction}. On yes the ledger is accepted with line {seen.Count} ({seen.Hash}) "
            + "and the lines after it; what the missing lines said is lost. "
            + $"The {published.List.At(timeProvider.GetUtcNow()).Count()} entries of the published blocklist "
            + $"stay blocked, and Rekey publishes blocklists again, from number {published.List.Number + 1} on. "
            + $"On no Rekey publishes no blocklist, and the published one stays in force. The approver who asks says: {reason}";
        var about = new LedgerAcceptance(seen, AcceptLedger.HashOf(document)).ToString();
        return await AskForDecision.AskAgainAsync(round =>
            ask.AskAsync(DecisionKinds.AcceptLedgerForBlocklist, about, statement, $"{round}", [by], OnExpiry.Lapse, cancellationToken)
        );
    }

    /// <exception cref="CannotContinueException">The ledger no longer has the line with which it was accepted.</exception>
    internal Task CheckAsync(Decision decision, CancellationToken cancellationToken) => accept.CheckAsync(decision, cancellationToken);

    /// <summary>
    /// Puts on record that the ledger was accepted in spite of this list, if it was, and the list that goes on with its entries; false when
    /// it was not.
    /// </summary>
    internal async Task<bool> RunAsync(Document document, Blocklist published, CancellationToken cancellationToken)
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
                var add = list.Towards([.. published.At(now)], [], now)?.Add ?? [];
                var next = new Blocklist(Math.Max(before.Number, published.Number) + 1, list.With(new(add, []), now).Entries);
                var fact = new BlockFact(next.Number, next.Sha256);
                await files.KeepAsync(BlockDocuments.FileOf(fact), BlockDocuments.Bytes(next), cancellationToken);
                await ledger.AcceptAsync(governedKeys.Environment, accepted.Ledger, decision, before, fact, cancellationToken);
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
