using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.Documents;
using Rekey.AspNetCore.Issuer.Monitoring;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Issuer.Keys;

/// <summary>The trust list as an issuer reads it: which version to sign with now.</summary>
internal sealed class IssuerTrust : IPulledLists, IDisposable
{
    private readonly IssuerOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly DocumentDownload _download;
    private readonly PulledTrustList _trust;
    private readonly DocumentPull _pull;
    private readonly PullReport _report;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Choice _choice = new(List: null, Key: null, "no-list", "There is no trust list.");

    public IssuerTrust(IssuerOptions options, IssuerMetrics metrics, TimeProvider timeProvider, ILogger<IssuerTrust> log)
    {
        (_options, _timeProvider, _download) = (options, timeProvider, new(options, timeProvider));
        _trust = new(options, new(options, log), timeProvider, log);
        _pull = new(_download, options, metrics.Pulled);
        _report = new(options, timeProvider, log);
    }

    /// <summary>The held list; null when there is none.</summary>
    public TrustList? List => _choice.List;

    public DateTimeOffset? PulledAt => _report.PulledAt;

    public string? Failure => _report.Failure;

    public bool IsLate(DateTimeOffset now) => List is { } list && PulledTrustList.IsLate(list.MadeAt, list.ValidUntil, now);

    /// <summary>The version to sign with now.</summary>
    /// <exception cref="IssuanceRefusedException">There is none.</exception>
    public CurrentKey Current(DateTimeOffset now) => Find(now, out var refusal) ?? throw refusal!;

    /// <summary>The version to sign with now; null, with the refusal, when there is none.</summary>
    public CurrentKey? Find(DateTimeOffset now, out IssuanceRefusedException? refusal)
    {
        var choice = _choice;
        var (reason, why) =
            choice.List is { } list && now >= list.ValidUntil
                ? (
                    "list-expired",
                    $"The validity of the trust list ended at {list.ValidUntil:O}, so the issuer cannot know whether its key was revoked. "
                        + $"Check that Rekey can be reached. {Failure}"
                )
            : choice.Key is not { } key ? (choice.Reason!, $"{choice.Why} {Failure}".TrimEnd())
            : now >= key.Entry.Window.IssuedUntil || now >= key.Entry.Window.TrustedUntil
                ? ("key-retired", $"The version {key.Entry.Version} of {key.Key} may not sign any more. Gateways would refuse the token.")
            : ((string?)null, "");
        refusal = reason is null ? null : new(reason, $"Rekey's issuer mints no token: {why}");
        return reason is null ? choice.Key : null;
    }

    public void Load()
    {
        _trust.Load();
        Use();
    }

    /// <summary>Pulls the trust list. Calls come one after another.</summary>
    public async Task PullAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var failure = await _pull.PullAsync(
                TrustDocuments.Kind,
                "trust-list",
                _trust.List is null,
                pulled => _trust.Accept(pulled, Use),
                cancellationToken
            );
            _ = Find(_timeProvider.GetUtcNow(), out var refusal);
            _report.Report(failure, refusal?.Reason, () => $"goes on with the last one until {_trust.List!.ValidUntil:O}");
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

    private void Use() => _choice = _trust.List is { } list ? Choose(list) : _choice;

    private Choice Choose(TrustList list)
    {
        var mine = list
            .Keys.Where(e =>
                e.Current
                && e.Issuer == _options.Issuer
                && !list.IsRevoked(e.Thumbprint)
                && (_options.KeyName is null || NameOf(e).Equals(_options.KeyName, StringComparison.OrdinalIgnoreCase))
            )
            .ToList();
        var of = _options.KeyName is null ? _options.Issuer : $"{_options.Issuer} and the key {_options.KeyName}";
        return mine switch
        {
            [] => new(list, Key: null, "no-current-key", $"Trust list {list.Sequence} names no version to sign with for {of}."),
            [var one]
                when one.Algorithms.Contains(_options.Algorithm, StringComparer.Ordinal)
                    && JwsAlgorithms.Fits(_options.Algorithm, one.PublicKey) => new(
                list,
                new(one, _options.Algorithm),
                Reason: null,
                Why: null
            ),
            [var one] => new(
                list,
                Key: null,
                "algorithm-not-bound",
                $"Trust list {list.Sequence} does not bind {_options.Algorithm} to {one.KeyId}, but {string.Join(", ", one.Algorithms)}. "
                    + "Set Algorithm to one of these."
            ),
            _ => new(
                list,
                Key: null,
                "several-keys",
                $"{of} has several signing keys: {string.Join(", ", mine.Select(NameOf))}. Set KeyName to the one to sign with."
            ),
        };
    }

    private static string NameOf(TrustEntry entry) => entry.KeyId[(entry.KeyId.IndexOf('/') + 1)..];

    /// <summary>A list, and what it says of this issuer.</summary>
    private sealed record Choice(TrustList? List, CurrentKey? Key, string? Reason, string? Why);
}
