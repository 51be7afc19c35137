using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Trust.Documents;
using Rekey.Trust.History;

namespace Rekey.Blocking.Publishing;

/// <summary>Publishes the blocklist as one signed document, when it has changed or half of its validity has passed.</summary>
public sealed class PublishBlocklist : IDecisionHandler, IDisposable
{
    private readonly ReadBlocklist _reader;
    private readonly BlockLedger _ledger;
    private readonly IFindings _findings;
    private readonly TimeProvider _timeProvider;
    private readonly SignBlocklist _sign;
    private readonly AcceptLedgerForBlocklist _accept;
    private readonly TrustLedger _trustLedger;
    private readonly Publisher<PublishedBlocks> _publisher;
    private Document? _document;
    private PublishedBlocks? _opened;

    public PublishBlocklist(
        ReadBlocklist reader,
        BlockLedger ledger,
        IDocuments documents,
        SignBlocklist sign,
        AcceptLedgerForBlocklist accept,
        TrustLedger trustLedger,
        IFindings findings,
        TimeProvider timeProvider
    )
    {
        (_reader, _ledger, _sign, _accept, _trustLedger) = (reader, ledger, sign, accept, trustLedger);
        (_findings, _timeProvider) = (findings, timeProvider);
        _publisher = new(
            BlockDocuments.Name,
            (_, cancellationToken) => PublishOnceAsync(cancellationToken),
            documents,
            findings,
            timeProvider
        );
    }

    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.AcceptLedgerForBlocklist];

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

    /// <summary>Publishes; returns when everything that was in the ledger at the call is published.</summary>
    /// <exception cref="RetryLaterException">It cannot be published now.</exception>
    /// <exception cref="CannotContinueException">The list's document is lost, or the ledger lacks what the published list has.</exception>
    public Task PublishAsync(CancellationToken cancellationToken) => _publisher.PublishAsync(afresh: true, cancellationToken);

    public void Dispose() => _publisher.Dispose();

    private async Task<PublishedBlocks?> PublishOnceAsync(CancellationToken cancellationToken)
    {
        // 1. Read the published list before the ledger, so that a list made from an older reading cannot replace a newer one.
        var (document, before) = await OpenAsync(cancellationToken);
        var history = await _ledger.ReadAsync(cancellationToken);
        var lines = await _trustLedger.Lines.ReadAsync(cancellationToken);
        if (before is not null && history.Contradiction(before.List, before.Lines, lines) is { } contradiction)
        {
            if (!await _accept.RunAsync(document!, before, cancellationToken))
            {
                await _publisher.RefuseAsync(contradiction, cancellationToken);
            }

            // Another writer may have changed the list since it was read: then the contradiction is still there, and this is tried again.
            history = await _ledger.ReadAsync(cancellationToken);
            if (history.Contradiction(before.List, before.Lines, lines) is not null)
            {
                return null;
            }
        }

        // 2. Replace a list that Rekey did not write last, and raise a finding.
        if (document is not null && Alteration(before?.List, history.Published) is { } altered)
        {
            if ((await _publisher.FindAsync(BlockDocuments.Kind, document, cancellationToken))?.ETag != document.ETag)
            {
                return null;
            }

            await _findings.RaiseAsync(
                DocumentFindings.Altered(BlockDocuments.Name, altered, _timeProvider.GetUtcNow()),
                cancellationToken
            );
        }

        // 3. Keep the published list or write the new one, unless another publisher was faster; then put the number on record.
        if (before is not null && before.List.Number == history.Current.Number && _sign.IsYoung(before))
        {
            return before;
        }

        var (published, bytes) = await _sign.SignAsync(
            await _reader.ReadAsync(cancellationToken),
            lines,
            history.AcceptedNumber,
            cancellationToken
        );
        if (await _publisher.PutAsync(BlockDocuments.Kind, bytes, document, cancellationToken) is null)
        {
            return null;
        }

        await _ledger.PublishAsync(published.Environment, published.List.Number, BlockDocuments.Hash(bytes), cancellationToken);
        return published;
    }

    /// <summary>The published document and its content; one that was opened before is not opened again.</summary>
    private async Task<(Document? Document, PublishedBlocks? Opened)> OpenAsync(CancellationToken cancellationToken)
    {
        var document = await _publisher.FindAsync(BlockDocuments.Kind, _document, cancellationToken);
        if (document is null || !ReferenceEquals(document, _document))
        {
            (_document, _opened) = (document, document is null ? null : await _sign.OpenAsync(document, cancellationToken));
        }

        return (document, _opened);
    }

    private static string? Alteration(Blocklist? published, long? wasPublished) =>
        published is null ? "it is not signed with Rekey's present document key"
        : published.Number < wasPublished ? $"its number {published.Number} is lower than {wasPublished}, which was published"
        : null;
}
