using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Trust.Documents;
using Rekey.Trust.History;
using Rekey.Trust.Publishing;

namespace Rekey.Blocking.Publishing;

/// <summary>
/// Lets two approvers accept a ledger that lacks what the published blocklist has: one asks and one answers. Every entry of the published
/// list stays blocked.
/// </summary>
public sealed class AskToAcceptForBlocklist(
    SeenLedger seenLedger,
    TrustLedger trustLedger,
    BlockLedger ledger,
    IDocuments documents,
    SignBlocklist sign,
    AskForDecision ask,
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
        await seenLedger.CheckAsync(seen, cancellationToken);
        if (
            await documents.FindAsync(BlockDocuments.Kind, known: null, cancellationToken) is not { } document
            || await sign.OpenAsync(document, cancellationToken) is not { } published
            || (await ledger.ReadAsync(cancellationToken)).Contradiction(
                published.List,
                published.Lines,
                await trustLedger.Lines.ReadAsync(cancellationToken)
            )
                is not { } contradiction
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
}
