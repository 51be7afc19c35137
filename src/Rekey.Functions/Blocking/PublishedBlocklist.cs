using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Trust;
using Rekey.Trust;
using Rekey.Trust.Documents;

namespace Rekey.Functions.Blocking;

/// <summary>
/// The blocklist that this instance serves and judges tokens by: the signed list in the container, unless its number is below the
/// ledger's. Otherwise the instance signs the list that the ledger names and serves it from memory.
/// </summary>
public sealed class PublishedBlocklist
{
    private readonly LedgerStanding _ledger;
    private readonly ReadBlocklist _reader;
    private readonly IDocuments _documents;
    private readonly SignBlocklist _sign;
    private readonly TrustOptions _options;
    private readonly DocumentRefusals _refusals;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly Refreshed<BlocklistView> _view;
    private Document? _document;
    private BlocklistView? _opened;

    public PublishedBlocklist(
        LedgerStanding ledger,
        ReadBlocklist reader,
        IDocuments documents,
        SignBlocklist sign,
        TrustOptions options,
        DocumentRefusals refusals,
        TimeProvider timeProvider,
        ILogger<PublishedBlocklist> log
    )
    {
        (_ledger, _reader, _documents, _sign) = (ledger, reader, documents, sign);
        (_options, _refusals, _timeProvider, _log) = (options, refusals, timeProvider, log);
        _view = new("blocklist", ReadAsync, options.InstanceCache, timeProvider, log);
    }

    /// <summary>Gives the current blocklist.</summary>
    /// <exception cref="RetryLaterException">No list was published yet, or no list is still valid, so blocks are unknown.</exception>
    public ValueTask<BlocklistView> ViewAsync(CancellationToken cancellationToken) => _view.GetAsync(cancellationToken);

    private async Task<(BlocklistView View, DateTimeOffset Until)> ReadAsync(BlocklistView? before, CancellationToken cancellationToken)
    {
        // 1. The lowest valid number, and the list in the container.
        var ledger = await _ledger.NowAsync(cancellationToken);
        var (history, now) = (ledger.Blocks, _timeProvider.GetUtcNow());
        try
        {
            var stored = await OpenAsync(cancellationToken);
            if (Refusal(stored, before, history, now) is { } why)
            {
                if (history.Published is not null || before is not null)
                {
                    await _refusals.RefusedAsync(BlockFindings.Refused, why);
                }
            }
            else if (stored!.List.Number >= Math.Max(history.Current.Number, before?.List.Number ?? 0))
            {
                await _refusals.GoodAsync(BlockFindings.Refused);
                return (stored, Until(now, stored));
            }
        }
        catch (RetryLaterException e)
        {
            _log.LogError("Rekey cannot read the published blocklist. Reason: {Reason}", e.Message);
        }

        // 2. Otherwise the ledger names the list.
        if (history is { Published: null, Current.Number: 0 })
        {
            throw new RetryLaterException("No blocklist was published yet. Try again in a minute.");
        }

        var made =
            before is { Jws: not null } && before.List.Number >= history.Current.Number && now < before.ValidUntil
                ? before
                : await MakeAsync(ledger, cancellationToken);
        return (made, Until(ledger.ReadAt, made));
    }

    /// <summary>Reads and verifies the list in the container; null when there is none that our key has signed.</summary>
    private async Task<BlocklistView?> OpenAsync(CancellationToken cancellationToken)
    {
        var document = await _documents.FindAsync(BlockDocuments.Kind, _document, cancellationToken);
        if (document is null || !ReferenceEquals(document, _document))
        {
            var published = document is null ? null : await _sign.OpenAsync(document, cancellationToken);
            _opened = published is null ? null : new(published.List, new(document!.Content), published.ValidUntil);
            _document = document;
        }

        return _opened;
    }

    /// <summary>Says why the stored list is refused; null when it is good, or when a change is still being published.</summary>
    private static string? Refusal(BlocklistView? stored, BlocklistView? before, BlockHistory history, DateTimeOffset now) =>
        stored is null ? "The container has no list that our key has signed for this environment."
        : stored.ValidUntil <= now ? $"Its validity ended at {stored.ValidUntil:O}."
        : stored.List.Number < Math.Max(history.Published ?? 0, before?.List.Number ?? 0)
            ? $"Its number is {stored.List.Number}, but number {history.Published} was published: an older list replaced it."
        : stored.List.Number == history.Current.Number && stored.List.Sha256 != history.Current.Sha256
            ? $"It differs from the list {stored.List.Number} that the ledger names."
        : null;

    private async Task<BlocklistView> MakeAsync(LedgerStandingState ledger, CancellationToken cancellationToken)
    {
        var list = await _reader.ReadAsync(cancellationToken);
        try
        {
            var (published, document) = await _sign.SignAsync(list, ledger.Lines, ledger.Blocks.AcceptedNumber, cancellationToken);
            _log.LogWarning("This instance signs the blocklist and serves it from memory. Number: {Number}", list.Number);
            return new(list, new(document), published.ValidUntil);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            _log.LogError(
                "This instance judges tokens by the blocklist but does not serve it, since it cannot sign it. Reason: {Reason}",
                e.Message
            );
            return new(list, Jws: null, DateTimeOffset.MaxValue);
        }
    }

    private DateTimeOffset Until(DateTimeOffset knownAt, BlocklistView view)
    {
        var stale = knownAt + _options.InstanceCache + _options.StaleTime;
        return stale < view.ValidUntil ? stale : view.ValidUntil;
    }
}
