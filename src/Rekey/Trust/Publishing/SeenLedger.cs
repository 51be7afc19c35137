using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Trust.History;

namespace Rekey.Trust.Publishing;

/// <summary>Checks that the ledger is the one that an approver saw and accepted.</summary>
public sealed class SeenLedger(ILedger ledger, TrustLedger trustLedger, DecisionOptions options, TimeProvider timeProvider)
{
    /// <param name="seen">The ledger's last line, as the approver saw it. Later lines do not matter.</param>
    /// <exception cref="CannotContinueException">The ledger is not the one that was seen, or it was seen too long ago.</exception>
    public async Task CheckAsync(LedgerMark seen, CancellationToken cancellationToken)
    {
        await CheckHasAsync(seen, cancellationToken);
        if (
            await ledger.FindAsync(seen.Count + 1, cancellationToken) is { } next
            && next.At + options.TimeToAnswer < timeProvider.GetUtcNow()
        )
        {
            throw Moved($"line {seen.Count} has not been the ledger's last one since {next.At:u}");
        }
    }

    /// <exception cref="CannotContinueException">The ledger no longer has the line with which it was accepted.</exception>
    public Task CheckAcceptedAsync(Decision decision, CancellationToken cancellationToken) =>
        CheckHasAsync(LedgerAcceptance.Parse(decision.About).Ledger, cancellationToken);

    private async Task CheckHasAsync(LedgerMark mark, CancellationToken cancellationToken)
    {
        if (!await trustLedger.HasAsync(mark, cancellationToken))
        {
            throw Moved($"it has no line {mark.Count} with the hash {mark.Hash}");
        }
    }

    private static CannotContinueException Moved(string how) =>
        new(
            "ledger-moved",
            $"The ledger has changed since it was seen: {how}.",
            "Read GET /ledger and the finding again, then send POST /ledger/accept with the ledger's present last line."
        );
}
