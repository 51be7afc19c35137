using Rekey.Core;
using Rekey.Functions.Trust.Views;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;

namespace Rekey.Functions.Trust;

/// <summary>
/// The trust list that this instance serves: the signed list in the container, unless its number is below the ledger's. Otherwise the
/// instance makes the list from ledger and vaults and serves it from memory.
/// </summary>
public sealed class PublishedTrust
{
    private readonly LedgerStanding _ledger;
    private readonly MakeTrustList _make;
    private readonly IDocuments _documents;
    private readonly SignTrustList _sign;
    private readonly TrustOptions _options;
    private readonly DocumentRefusals _refusals;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly Refreshed<TrustView> _view;
    private Opened? _opened;

    public PublishedTrust(
        LedgerStanding ledger,
        MakeTrustList make,
        IDocuments documents,
        SignTrustList sign,
        TrustOptions options,
        DocumentRefusals refusals,
        TimeProvider timeProvider,
        ILogger<PublishedTrust> log
    )
    {
        (_ledger, _make, _documents, _sign) = (ledger, make, documents, sign);
        (_options, _refusals, _timeProvider, _log) = (options, refusals, timeProvider, log);
        _view = new("trust list", ReadAsync, options.InstanceCache, timeProvider, log);
    }

    /// <summary>Gives the list, its signature verified or made here.</summary>
    /// <exception cref="RetryLaterException">No list was published yet, or no list is still valid.</exception>
    public ValueTask<TrustView> ViewAsync(CancellationToken cancellationToken) => _view.GetAsync(cancellationToken);

    private async Task<(TrustView View, DateTimeOffset Until)> ReadAsync(TrustView? before, CancellationToken cancellationToken)
    {
        // 1. The lowest valid number, and the list in the container.
        var ledger = await _ledger.NowAsync(cancellationToken);
        var now = _timeProvider.GetUtcNow();
        var (opened, silence) = await OpenAsync(cancellationToken);

        // 2. Serve a good list.
        var why = silence ?? Refusal(opened, before, ledger.Trust, now);
        if (why is null)
        {
            await _refusals.GoodAsync(TrustFindings.ListRefused);
            var good = ReferenceEquals(before?.List, opened!.List)
                ? before!
                : new(opened.List!, new(opened.Document.Content), MadeOf: null, NoIssuers);
            return (good, Until(now, good.List));
        }

        if (silence is null && (ledger.Trust.PublishedSequence > 0 || opened is not null))
        {
            await _refusals.RefusedAsync(TrustFindings.ListRefused, why);
        }

        // 3. Otherwise make the list from the ledger. If that fails too, the last known good state serves as long as a list may be stale.
        if (ledger.Trust.PublishedSequence == 0)
        {
            throw new RetryLaterException("No trust list was published yet: the baseline waits for an approver. See `GET /decisions`.");
        }

        var made = await MakeAsync(before, opened?.List, ledger, now, cancellationToken);
        return (made, Until(ledger.ReadAt, made.List));
    }

    private static IReadOnlySet<string> NoIssuers { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Reads and verifies the list in the container, or says why it cannot.</summary>
    private async Task<(Opened? Opened, string? Silence)> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var document = await _documents.FindAsync(TrustDocuments.Kind, _opened?.Document, cancellationToken);
            if (document is null || ReferenceEquals(document, _opened?.Document))
            {
                return (_opened = document is null ? null : _opened, null);
            }

            var (list, refusal) = await _sign.OpenAsync(document, cancellationToken);
            return (_opened = new(document, list, refusal), null);
        }
        catch (RetryLaterException e)
        {
            _log.LogError("Rekey cannot read the published trust list. Reason: {Reason}", e.Message);
            return (_opened, e.Message);
        }
    }

    private static string? Refusal(Opened? opened, TrustView? before, TrustHistory history, DateTimeOffset now)
    {
        var floor = Math.Max(history.PublishedSequence, before?.List.Sequence ?? 0);
        return opened is null ? "There is none."
            : opened.List is not { } list ? opened.Refusal
            : list.Sequence < floor ? $"Its number is {list.Sequence}, but number {floor} was published: an older list replaced it."
            : list.ValidUntil <= now ? $"Its validity ended at {list.ValidUntil:O}."
            : list.Keys.FirstOrDefault(k => history.IsRevoked(k.Thumbprint)) is { } revoked
                ? $"It trusts {revoked.Thumbprint}, which was revoked."
            : null;
    }

    private async Task<TrustView> MakeAsync(
        TrustView? before,
        TrustList? ours,
        LedgerStandingState ledger,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var lasts = before?.Jws is not null && _sign.IsYoung(before.List);
        if (lasts && before!.MadeOf == ledger.Trust && before.Missing.Count == 0)
        {
            return before;
        }

        var (list, unread) = await _make.RunAsync(
            ledger.Trust,
            ledger.Mark,
            ledger.Lines,
            before?.List ?? ours,
            afresh: false,
            cancellationToken
        );
        list = list with { Sequence = Math.Max(ledger.Trust.PublishedSequence, before?.List.Sequence ?? 0) };
        var missing = unread.Select(u => u.IssuerName).ToHashSet(StringComparer.Ordinal);
        if (lasts && TrustDocuments.SaySame(before!.List, list))
        {
            return before with { MadeOf = ledger.Trust, Missing = missing };
        }

        _log.LogError("This instance makes the trust list from the ledger and serves it from memory. Number: {Sequence}", list.Sequence);
        return new(list, missing.Count > 0 ? null : await SignAsync(list, cancellationToken), ledger.Trust, missing);
    }

    private async Task<ServedDocument?> SignAsync(TrustList list, CancellationToken cancellationToken)
    {
        try
        {
            return new(await _sign.SignAsync(list, cancellationToken));
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            _log.LogError("Rekey cannot sign the trust list that it made from the ledger. Reason: {Reason}", e.Message);
            return null;
        }
    }

    private DateTimeOffset Until(DateTimeOffset knownAt, TrustList list)
    {
        var stale = knownAt + _options.InstanceCache + _options.StaleTime;
        return stale < list.ValidUntil ? stale : list.ValidUntil;
    }

    /// <param name="List">The list; null when it is refused whatever the ledger says.</param>
    private sealed record Opened(Document Document, TrustList? List, string? Refusal);
}
