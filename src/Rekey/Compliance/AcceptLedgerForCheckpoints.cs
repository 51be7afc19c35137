using System.Security.Cryptography;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Ledgers;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Publishing;

namespace Rekey.Compliance;

/// <summary>
/// Lets two approvers accept a ledger that lacks lines which a checkpoint was signed for, and signs every acceptance of a ledger. Without
/// the signature, an attacker who cuts the ledger could write the acceptance too.
/// </summary>
/// <param name="signer">Null when no identity signs checkpoints: there is nothing to accept or to sign then.</param>
public sealed class AcceptLedgerForCheckpoints(
    SeenLedger seenLedger,
    TrustLedger trustLedger,
    AskForDecision ask,
    ICheckpoints checkpoints,
    GovernedKeys governedKeys,
    TimeProvider timeProvider,
    CheckpointSigner? signer = null
) : IDecisionHandler
{
    private readonly SignedCheckpoints? _signed = signer is null ? null : new(checkpoints, signer, governedKeys.Environment);

    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.AcceptLedgerForCheckpoints];

    /// <summary>Asks whether the ledger shall be accepted as it is; null when no checkpoint contradicts it.</summary>
    /// <param name="seen">Its last line, as the approver saw it. Later lines do not matter.</param>
    /// <param name="reason">The approver's words, for the other one.</param>
    /// <param name="by">The approver who asks: they cannot answer.</param>
    /// <exception cref="CannotContinueException">The ledger is not the one that was seen.</exception>
    public async Task<Decision?> AskAsync(LedgerMark seen, string reason, string by, CancellationToken cancellationToken)
    {
        // 1. Check that it is the ledger that the approver saw recently, and that there is a contradiction.
        await seenLedger.CheckAsync(seen, cancellationToken);
        if (_signed is null)
        {
            return null;
        }

        await _signed.ReadAcceptancesAsync(cancellationToken);
        if (
            await _signed.NewestAsync(_ => Task.CompletedTask, cancellationToken) is not { } newest
            || await trustLedger.HasAsync(new(newest.Lines, newest.Hash), cancellationToken)
        )
        {
            return null;
        }

        // 2. Ask one question for one ledger and one checkpoint; a new one after a no or no answer.
        var statement =
            $"The ledger lacks lines: line {newest.Lines} is not the one that a checkpoint was signed for at {newest.At.UtcDateTime:u}. On "
            + $"yes the ledger is accepted with line {seen.Count} ({seen.Hash}) and the lines after it; what the missing lines said is "
            + "lost. Checkpoints that were signed before the yes are void, and Rekey signs checkpoints again. On no the "
            + $"finding 'ledger-broken' stays open. The approver who asks says: {reason}";
        var document = await checkpoints.ReadAsync(newest.Lines, cancellationToken);
        var about = new LedgerAcceptance(seen, Convert.ToHexStringLower(SHA256.HashData(document.Span))).ToString();
        return await AskForDecision.AskAgainAsync(round =>
            ask.AskAsync(DecisionKinds.AcceptLedgerForCheckpoints, about, statement, $"{round}", [by], OnExpiry.Lapse, cancellationToken)
        );
    }

    /// <exception cref="CannotContinueException">The ledger no longer has the line with which it was accepted.</exception>
    public Task CarryOutAsync(Decision decision, CancellationToken cancellationToken) =>
        decision.State is DecisionState.Approved ? seenLedger.CheckAcceptedAsync(decision, cancellationToken) : Task.CompletedTask;

    /// <summary>
    /// Signs the acceptance of a ledger. Call it only in the request in which an approver, with a valid token, has just said yes: an answer
    /// that is read from the ledger proves nothing about the ledger. After a crash the approver sends the same answer again.
    /// </summary>
    /// <exception cref="CannotContinueException">The ledger no longer has the line with which it was accepted.</exception>
    public async Task SignAsync(Decision decision, CancellationToken cancellationToken)
    {
        if (
            _signed is not null
            && decision.State is DecisionState.Approved
            && decision.Kind
                is DecisionKinds.AcceptLedger
                    or DecisionKinds.AcceptLedgerForBlocklist
                    or DecisionKinds.AcceptLedgerForCheckpoints
        )
        {
            await seenLedger.CheckAcceptedAsync(decision, cancellationToken);
            var (lines, hash) = LedgerAcceptance.Parse(decision.About).Ledger;
            await _signed.AcceptAsync(
                new(governedKeys.Environment, lines, hash, timeProvider.GetUtcNow()) { Decision = decision.Id },
                cancellationToken
            );
        }
    }
}
