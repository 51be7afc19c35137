using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.Monitoring;
using Rekey.AspNetCore.Tokens;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Documents;

/// <summary>
/// The lists that a gateway decides by. A pulled list replaces the held one when the pinned key has signed it for this environment, it is
/// still valid, and it is not older than the held one.
/// </summary>
internal sealed class GatewayDocuments : IDisposable
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(1);

    /// <summary>How long signing a list again may take.</summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromMinutes(15);

    private readonly DocumentDownload _download;
    private readonly DocumentFolder _folder;
    private readonly GatewayOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly PinnedKeys _keys;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<Uri, string> _etags = [];
    private TrustList? _trust;
    private PublishedBlocks? _blocks;
    private byte[] _trustBytes = [];
    private volatile GatewayLists? _current;
    private DateTimeOffset? _pulledAt;
    private DateTimeOffset? _reportedAt;
    private string? _failure;

    public GatewayDocuments(
        DocumentDownload download,
        DocumentFolder folder,
        GatewayOptions options,
        GatewayMetrics metrics,
        TimeProvider timeProvider,
        ILogger<GatewayDocuments> log
    )
    {
        (_download, _folder, _options, _metrics, _timeProvider, _log) = (download, folder, options, metrics, timeProvider, log);
        _keys = new(options.PinnedKey());
    }

    /// <summary>The lists to judge by; null, with the reason, when every token must be refused.</summary>
    public GatewayLists? Current(DateTimeOffset now, out string? closed)
    {
        var lists = _current;
        closed =
            lists is null ? RefusalReasons.NoLists
            : now >= lists.ValidUntil && !_options.AcceptByExpiredLists ? RefusalReasons.ListsExpired
            : null;
        return closed is null ? lists : null;
    }

    public GatewayStanding Standing
    {
        get
        {
            _ = Current(_timeProvider.GetUtcNow(), out var closed);
            return new(closed, _trust?.Sequence, _blocks?.List.Number, _current?.ValidUntil, _pulledAt, _failure);
        }
    }

    /// <summary>Whether newer lists should have come long ago: Rekey signs them again when half of their validity has passed.</summary>
    public bool IsLate(DateTimeOffset now) =>
        (_trust is { } trust && now > trust.MadeAt + ((trust.ValidUntil - trust.MadeAt) / 2) + Lateness)
        || (_blocks is { } blocks && now > blocks.MadeAt + ((blocks.ValidUntil - blocks.MadeAt) / 2) + Lateness);

    /// <summary>Reads the last good lists from disk. Lists whose validity has ended count as a memory of their numbers only.</summary>
    public void Load()
    {
        // 1. Follow the changes of the document key: each is proved by a list that the key before it has signed.
        _folder.Create();
        for (var n = 1; _folder.Read(DocumentFolder.KeyChange(n)) is { } change; n++)
        {
            if (OpenKept(change, TrustDocuments.Open, DocumentFolder.KeyChange(n)) is (var announcing, var by))
            {
                _keys.Follow(announcing, by);
                if (announcing.NextDocumentKey is { } next)
                {
                    _keys.Follow(announcing with { NextDocumentKey = null }, next);
                }
            }
        }

        // 2. Read the two lists.
        if (
            _folder.Read(TrustDocuments.TrustListName) is { } trust
            && OpenKept(trust, TrustDocuments.Open, TrustDocuments.TrustListName) is (var list, var signer)
        )
        {
            (_trust, _trustBytes) = (list, trust);
            _keys.Follow(list, signer);
        }

        if (_folder.Read(BlockDocuments.Name) is { } blocks)
        {
            _blocks = OpenKept(blocks, BlockDocuments.Open, BlockDocuments.Name)?.Document;
        }

        Use();
    }

    /// <summary>Pulls both lists. Calls come one after another.</summary>
    public async Task PullAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // The trust list comes first: it may announce the key that signed the blocklist.
            var failures = new[]
            {
                await PullAsync(TrustDocuments.Kind, "trust-list", _trust is null, Accept, cancellationToken),
                await PullAsync(BlockDocuments.Kind, "blocklist", _blocks is null, AcceptBlocks, cancellationToken),
            };
            _failure = failures.All(f => f is null) ? null : string.Join(' ', failures.Where(f => f is not null));
            Report();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Pulls one list; says what went wrong.</summary>
    /// <param name="path">Its path at the app.</param>
    /// <param name="isFirst">Whether the gateway has no memory of this list.</param>
    private async Task<string?> PullAsync(
        DocumentKind kind,
        string path,
        bool isFirst,
        Func<byte[], string?> accept,
        CancellationToken cancellationToken
    )
    {
        var app = (Address: Below(_options.Address!, path), _options.Key);
        (Uri Address, string? Key)[] sources =
            _options.Mirror is null || isFirst ? [app] : [(Below(_options.Mirror, kind.Name), null), app];
        var failures = new List<string>();
        foreach (var (address, key) in sources)
        {
            string? why;
            try
            {
                var pulled = await _download.GetAsync(address, kind, key, _etags.GetValueOrDefault(address), cancellationToken);
                why = pulled.Content is null ? null : accept(pulled.Content);
                if (why is null && pulled.Content is not null)
                {
                    Remember(pulled.ETag, address, sources.Select(s => s.Address));
                }
            }
            catch (DownloadException e)
            {
                why = e.Message;
            }

            _metrics.Pulled(kind.Name, why is null);
            if (why is null)
            {
                return null;
            }

            failures.Add($"{kind.Name} from {address.GetLeftPart(UriPartial.Path)}: {why}");
        }

        return string.Join(' ', failures);
    }

    /// <summary>Another source may have an older list: its ETag must not pass for the one of the list that is held now.</summary>
    private void Remember(string? etag, Uri address, IEnumerable<Uri> sources)
    {
        foreach (var source in sources)
        {
            _etags.Remove(source);
        }

        if (etag is not null)
        {
            _etags[address] = etag;
        }
    }

    /// <summary>Takes over a pulled trust list; says why it is refused.</summary>
    private string? Accept(byte[] pulled)
    {
        try
        {
            var (list, by) = _keys.Open(k => TrustDocuments.Open(pulled, k.Key, k.Algorithm, _options.Environment));
            if (Refusal(list.Sequence, list.MadeAt, list.ValidUntil, _trust?.Sequence, _trust?.MadeAt) is { } refusal)
            {
                return refusal;
            }

            var announcing = _trustBytes;
            if (_keys.Follow(list, by))
            {
                _folder.Write(DocumentFolder.KeyChange(_keys.Changes), announcing);
                _log.LogWarning("Rekey's document key has changed, as announced. Thumbprint: {Thumbprint}", by.Key.Thumbprint);
            }

            if (list.Sequence != _trust?.Sequence || list.MadeAt != _trust.MadeAt)
            {
                (_trust, _trustBytes) = (list, pulled);
                Use();
                _folder.Write(TrustDocuments.TrustListName, pulled);
            }

            return null;
        }
        catch (CannotContinueException e)
        {
            return e.Message;
        }
    }

    /// <summary>Takes over a pulled blocklist; says why it is refused.</summary>
    private string? AcceptBlocks(byte[] pulled)
    {
        try
        {
            var (list, _) = _keys.Open(k => BlockDocuments.Open(pulled, k.Key, k.Algorithm, _options.Environment));
            if (Refusal(list.List.Number, list.MadeAt, list.ValidUntil, _blocks?.List.Number, _blocks?.MadeAt) is { } refusal)
            {
                return refusal;
            }

            if (list.List.Number != _blocks?.List.Number || list.MadeAt != _blocks.MadeAt)
            {
                _blocks = list;
                Use();
                _folder.Write(BlockDocuments.Name, pulled);
            }

            return null;
        }
        catch (CannotContinueException e)
        {
            return e.Message;
        }
    }

    /// <summary>Lists are in the order of their numbers. Two with one number, which differ in time only or come from an instance that
    /// could not write to the store, are in the order of their times.</summary>
    private string? Refusal(long number, DateTimeOffset madeAt, DateTimeOffset validUntil, long? heldNumber, DateTimeOffset? heldMadeAt) =>
        validUntil <= _timeProvider.GetUtcNow() ? $"Its validity ended at {validUntil:O}."
        : number < heldNumber ? $"Its number is {number}, and the gateway has had number {heldNumber}: it is an older list."
        : number == heldNumber && madeAt < heldMadeAt
            ? $"It was made at {madeAt:O}, before the list of the same number that the gateway has."
        : null;

    private void Use() => _current = _trust is null || _blocks is null ? null : new(_trust, _blocks, _options.RememberedTokens);

    private (T Document, DocumentKey By)? OpenKept<T>(byte[] kept, DocumentOpening<T> open, string name)
    {
        try
        {
            return _keys.OpenKept(k => open(kept, k.Key, k.Algorithm, _options.Environment));
        }
        catch (CannotContinueException e)
        {
            _log.LogWarning("Rekey's gateway does not use {Name} in {Folder}. Reason: {Reason}", name, _options.ListFolder, e.Message);
            return null;
        }
    }

    /// <summary>Logs the first failure, each minute of failing, and the end of it.</summary>
    private void Report()
    {
        var now = _timeProvider.GetUtcNow();
        _ = Current(now, out var closed);
        if (_failure is null)
        {
            _pulledAt = now;
            if (_reportedAt is not null)
            {
                _log.LogInformation("Rekey's gateway has the current lists again.");
                _reportedAt = null;
            }
        }
        else if (_reportedAt is not { } reported || now - reported >= ReportEvery)
        {
            _reportedAt = now;
            _log.Log(
                closed is null ? LogLevel.Error : LogLevel.Critical,
                "Rekey's gateway cannot pull the current lists and {Consequence}. Reason: {Reason}",
                closed is not null ? $"refuses every token ({closed})"
                    : _options.AcceptByExpiredLists ? "goes on with the last ones, also after their end"
                    : $"goes on with the last ones until {_current!.ValidUntil:O}",
                _failure
            );
        }
    }

    private static Uri Below(Uri folder, string name)
    {
        var builder = new UriBuilder(folder);
        builder.Path = builder.Path.TrimEnd('/') + "/" + name;
        return builder.Uri;
    }
}
