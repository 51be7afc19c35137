using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.Monitoring;
using Rekey.AspNetCore.Tokens;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Trust.Documents;

namespace Rekey.AspNetCore.Documents;

/// <summary>The lists that a gateway decides by: the trust list and the blocklist, under the same rules.</summary>
internal sealed class GatewayDocuments : IPulledLists, IDisposable
{
    private readonly DocumentDownload _download;
    private readonly DocumentFolder _folder;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly PulledTrustList _trust;
    private readonly DocumentPull _pull;
    private readonly PullReport _report;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private PublishedBlocks? _blocks;
    private volatile GatewayLists? _current;

    public GatewayDocuments(GatewayOptions options, GatewayMetrics metrics, TimeProvider timeProvider, ILogger<GatewayDocuments> log)
    {
        (_options, _timeProvider, _download, _folder) = (options, timeProvider, new(options, timeProvider), new(options, log));
        _trust = new(options, _folder, timeProvider, log);
        _pull = new(_download, options, metrics.Pulled);
        _report = new(options, timeProvider, log);
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
            return new(closed, _trust.List?.Sequence, _blocks?.List.Number, _current?.ValidUntil, _report.PulledAt, _report.Failure);
        }
    }

    /// <summary>Whether newer lists should have come long ago.</summary>
    public bool IsLate(DateTimeOffset now) =>
        (_trust.List is { } trust && PulledTrustList.IsLate(trust.MadeAt, trust.ValidUntil, now))
        || (_blocks is { } blocks && PulledTrustList.IsLate(blocks.MadeAt, blocks.ValidUntil, now));

    public void Load()
    {
        _trust.Load();
        if (_folder.Read(BlockDocuments.Name) is { } blocks)
        {
            _blocks = _trust.OpenKept(blocks, BlockDocuments.Open, BlockDocuments.Name)?.Document;
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
                await _pull.PullAsync(
                    TrustDocuments.Kind,
                    "trust-list",
                    _trust.List is null,
                    pulled => _trust.Accept(pulled, Use),
                    cancellationToken
                ),
                await _pull.PullAsync(BlockDocuments.Kind, "blocklist", _blocks is null, AcceptBlocks, cancellationToken),
            };
            var failure = failures.All(f => f is null) ? null : string.Join(' ', failures.Where(f => f is not null));
            _ = Current(_timeProvider.GetUtcNow(), out var closed);
            _report.Report(failure, closed, () =>
                _options.AcceptByExpiredLists
                    ? "goes on with the last ones, also after their end"
                    : $"goes on with the last ones until {_current!.ValidUntil:O}"
            );
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _download.Dispose();
        _turn.Dispose();
    }

    /// <summary>Takes over a pulled blocklist; says why it is refused.</summary>
    private string? AcceptBlocks(byte[] pulled)
    {
        try
        {
            var (list, _) = _trust.Keys.Open(k => BlockDocuments.Open(pulled, k.Key, k.Algorithm, _options.Environment));
            if (_trust.Refusal(PulledList.Of(list), _blocks is { } held ? PulledList.Of(held) : null) is { } refusal)
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

    private void Use() => _current = _trust.List is null || _blocks is null ? null : new(_trust.List, _blocks, _options.RememberedTokens);
}
