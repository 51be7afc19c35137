using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Trust;
using Rekey.Trust;
using Rekey.Trust.Documents;

namespace Rekey.Functions.Blocking;

/// <summary>
/// The blocklist, as this instance serves it and judges by it: the signed one in the container, if its number is not below the ledger's.
/// Where the container has none such, the list that the ledger names is signed here and served from memory.
/// </summary>
public sealed class PublishedBlocklist
{
    private readonly LedgerStanding _ledger;
    private readonly ReadBlocklist _reader;
    private readonly IDocuments _documents;
    private readonly SignBlocklist _sign;
    private readonly TrustOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly DocumentRefusals _refusals;
    private readonly Refreshed<BlocklistView> _view;
    private Document? _document;
    private BlocklistView? _opened;

    public PublishedBlocklist(
        LedgerStanding ledger,
        ReadBlocklist reader,
        IDocuments documents,
        SignBlocklist sign,
        GovernedKeys governedKeys,
        TrustOptions options,
        IFindings findings,
        TimeProvider timeProvider,
        ILogger<PublishedBlocklist> log
    )
    {
        (_ledger, _reader, _documents, _sign, _options, _timeProvider, _log) = (
            ledger,
            reader,
            documents,
            sign,
            options,
            timeProvider,
            log
        );
        _refusals = new((why, now) => BlockFindings.Refused(governedKeys.Environment, why, now), findings, timeProvider, log);
        _view = new("blocklist", ReadAsync, options.InstanceCache, timeProvider, log);
    }

    /// <summary>The list as it is now.</summary>
    /// <exception cref="RetryLaterException">None was published yet, or none may still be used: nobody can tell who is blocked.</exception>
    public ValueTask<BlocklistView> ViewAsync(CancellationToken cancellationToken) => _view.GetAsync(cancellationToken);

    private async Task<(BlocklistView View, DateTimeOffset Until)> ReadAsync(BlocklistView? before, CancellationToken cancellationToken)
    {
        // 1. The floor, and what stands in the container.
        var ledger = await _ledger.NowAsync(cancellationToken);
        var (history, now) = (ledger.Blocks, _timeProvider.GetUtcNow());
        try
        {
            var stored = await OpenAsync(cancellationToken);
            if (Refusal(stored, before, history, now) is { } why)
            {
                if (history.Published is not null || before is not null)
                {
                    await _refusals.RefusedAsync(why);
                }
            }
            else if (stored!.List.Number >= Math.Max(history.Current.Number, before?.List.Number ?? 0))
            {
                await _refusals.GoodAsync();
                return (stored, Until(now, stored));
            }
        }
        catch (RetryLaterException e)
        {
            _log.LogError("The published blocklist cannot be read. Reason: {Reason}", e.Message);
        }

        // 2. Otherwise the ledger says what holds.
        if (history is { Published: null, Current.Number: 0 })
        {
            throw new RetryLaterException("No blocklist was published yet.");
        }

        var made =
            before is { Jws: not null } && before.List.Number >= history.Current.Number && now < before.ValidUntil
                ? before
                : await MakeAsync(cancellationToken);
        return (made, Until(ledger.ReadAt, made));
    }

    /// <summary>What stands in the container, opened once; null when there is none that our key has signed.</summary>
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

    /// <summary>Why what stands there was put there by somebody. A change that was just made is on its way out, and no reason.</summary>
    private static string? Refusal(BlocklistView? stored, BlocklistView? before, BlockHistory history, DateTimeOffset now) =>
        stored is null ? "There is none that our key has signed for this environment."
        : stored.ValidUntil <= now ? $"It was valid until {stored.ValidUntil:O}."
        : stored.List.Number < Math.Max(history.Published ?? 0, before?.List.Number ?? 0)
            ? $"It is number {stored.List.Number}, and {history.Published} was published: somebody replaced it."
        : stored.List.Number == history.Current.Number && stored.List.Sha256 != history.Current.Sha256
            ? $"It is not the list {stored.List.Number} that the ledger names."
        : null;

    private async Task<BlocklistView> MakeAsync(CancellationToken cancellationToken)
    {
        var list = await _reader.ReadAsync(cancellationToken);
        try
        {
            var (published, document) = await _sign.SignAsync(list, cancellationToken);
            _log.LogWarning("The blocklist is signed here and served from memory. Number: {Number}", list.Number);
            return new(list, new(document), published.ValidUntil);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            _log.LogError("The blocklist is judged by, not served: it cannot be signed. Reason: {Reason}", e.Message);
            return new(list, Jws: null, DateTimeOffset.MaxValue);
        }
    }

    private DateTimeOffset Until(DateTimeOffset knownAt, BlocklistView view)
    {
        var stale = knownAt + _options.InstanceCache + _options.StaleTime;
        return stale < view.ValidUntil ? stale : view.ValidUntil;
    }
}
