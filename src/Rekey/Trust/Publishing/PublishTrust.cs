using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Trust.Documents;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Trust.Publishing;

/// <summary>Publishes the signed trust list when it has changed or half of its validity has passed.</summary>
public sealed class PublishTrust : IDecisionHandler, IDisposable
{
    private readonly TrustLedger _trustLedger;
    private readonly MakeTrustList _make;
    private readonly SignTrustList _sign;
    private readonly AcceptLedger _accept;
    private readonly IFindings _findings;
    private readonly TimeProvider _timeProvider;
    private readonly Publisher<Publication> _publisher;
    private Document? _seen;

    public PublishTrust(
        TrustLedger trustLedger,
        MakeTrustList make,
        IDocuments documents,
        SignTrustList sign,
        AcceptLedger accept,
        IFindings findings,
        TimeProvider timeProvider
    )
    {
        (_trustLedger, _make, _sign, _accept) = (trustLedger, make, sign, accept);
        (_findings, _timeProvider) = (findings, timeProvider);
        _publisher = new(TrustDocuments.TrustListName, PublishOnceAsync, documents, findings, timeProvider);
    }

    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.AcceptLedger];

    /// <summary>Publishes with the accepted ledger.</summary>
    /// <exception cref="CannotContinueException">It is no longer the one that was accepted.</exception>
    public async Task CarryOutAsync(Decision decision, CancellationToken cancellationToken)
    {
        if (decision.State is DecisionState.Approved)
        {
            await _accept.CheckAsync(decision, cancellationToken);
            await PublishAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Publishes, and returns the list with everything that was in the ledger at the call. Asks the vaults about every key.
    /// </summary>
    /// <exception cref="RetryLaterException">It cannot be published now; its reason is <see cref="FindingKinds.CannotPublish"/> when the
    /// container is why.</exception>
    /// <exception cref="CannotContinueException">The ledger lacks what the published list has.</exception>
    public Task<Publication> PublishAsync(CancellationToken cancellationToken) => _publisher.PublishAsync(afresh: true, cancellationToken);

    /// <summary>Publishes for one step of a rotation: asks the vaults only about versions that the published list does not have.</summary>
    public Task<Publication> PublishChangesAsync(CancellationToken cancellationToken) =>
        _publisher.PublishAsync(afresh: false, cancellationToken);

    public void Dispose() => _publisher.Dispose();

    private async Task<Publication?> PublishOnceAsync(bool afresh, CancellationToken cancellationToken)
    {
        // 1. Read the published list before the ledger, so that a list made from an older reading cannot replace a newer one.
        var standing = await StandingAsync(cancellationToken);

        // 2. Make the list. If the ledger lacks what the published list has, it was cut: publish nothing until approvers have accepted it.
        var (history, ledger) = await _trustLedger.ReadWithMarkAsync(cancellationToken);
        if (await standing.ContradictionAsync(_trustLedger, history, ledger, cancellationToken) is { } contradiction)
        {
            if (!await _accept.RunAsync(standing, history, cancellationToken))
            {
                await _publisher.RefuseAsync(contradiction, cancellationToken);
            }

            (history, ledger) = await _trustLedger.ReadWithMarkAsync(cancellationToken);
        }

        // 3. A publisher may have crashed before it wrote the line about this list: write it now.
        if (standing.List is { } unsaid && unsaid.Sequence > history.PublishedSequence)
        {
            await _trustLedger.RecordPublishedAsync(unsaid, history, standing.Document!.Content, cancellationToken);
            (history, ledger) = await _trustLedger.ReadWithMarkAsync(cancellationToken);
        }

        // 4. Do nothing while the published list has the same content and enough time left. A list in spite of which the ledger was
        // accepted is replaced.
        var lines = await _trustLedger.Lines.ReadAsync(cancellationToken);
        var (list, unread) = await _make.RunAsync(history, ledger, lines, standing.List, afresh, cancellationToken);
        list = list with { NextDocumentKey = await _sign.FindNextKeyAsync(cancellationToken) };
        var altered = standing.Alteration(history);
        if (
            altered is null
            && standing.List is { } same
            && same.Sequence > history.AcceptedSequence
            && _sign.IsYoung(same)
            && TrustDocuments.SaySame(same, list)
        )
        {
            return new(same, unread);
        }

        // 5. Replace a list that Rekey did not write last, and raise a finding.
        if (altered is not null)
        {
            if (await HasMovedAsync(standing, cancellationToken))
            {
                return null;
            }

            await _findings.RaiseAsync(
                DocumentFindings.Altered(TrustDocuments.TrustListName, altered, _timeProvider.GetUtcNow()),
                cancellationToken
            );
        }

        // 6. Sign under a number above every one that was seen, and write it unless another publisher was faster.
        list = list with { Sequence = standing.Highest(history) + 1 };
        var signed = await _sign.SignAsync(list, cancellationToken);
        if (await _publisher.PutAsync(TrustDocuments.Kind, signed, standing.Document, cancellationToken) is null)
        {
            return null;
        }

        // 7. Put the published number on record: later lists must be higher.
        await _trustLedger.RecordPublishedAsync(list, history, signed, cancellationToken);
        return new(list, unread);
    }

    private async Task<StandingList> StandingAsync(CancellationToken cancellationToken) =>
        await _sign.StandingAsync(_seen = await _publisher.FindAsync(TrustDocuments.Kind, _seen, cancellationToken), cancellationToken);

    private async Task<bool> HasMovedAsync(StandingList standing, CancellationToken cancellationToken) =>
        (await _publisher.FindAsync(TrustDocuments.Kind, standing.Document, cancellationToken))?.ETag != standing.Document?.ETag;
}
