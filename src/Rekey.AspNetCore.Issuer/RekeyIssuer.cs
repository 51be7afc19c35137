using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Rekey.AspNetCore.Issuer.Journals;
using Rekey.AspNetCore.Issuer.Keys;
using Rekey.AspNetCore.Issuer.Monitoring;
using Rekey.AspNetCore.Issuer.Tokens;
using Rekey.Trust;

namespace Rekey.AspNetCore.Issuer;

/// <summary>
/// Signs tokens with the version that the trust list names current. Each token is a row on disk before the vault is asked to sign it, so
/// no token leaves that no row names.
/// </summary>
public sealed class RekeyIssuer
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(1);

    private readonly IssuerTrust _trust;
    private readonly IssuanceJournal _journal;
    private readonly VaultSigner _vault;
    private readonly IssuerOptions _options;
    private readonly IssuerMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private (string Reason, DateTimeOffset At)? _reported;
    private int _waiting;

    internal RekeyIssuer(
        IssuerTrust trust,
        IssuanceJournal journal,
        VaultSigner vault,
        IssuerOptions options,
        IssuerMetrics metrics,
        TimeProvider timeProvider,
        ILogger<RekeyIssuer> log
    )
    {
        (_trust, _journal, _vault, _options) = (trust, journal, vault, options);
        (_metrics, _timeProvider, _log) = (metrics, timeProvider, log);
        Credentials = new(new RekeySecurityKey(this), options.Algorithm);
    }

    /// <summary>Credentials for OpenIddict, IdentityServer and anything else that signs with <see cref="SigningCredentials"/>. They stay
    /// the same when the key is switched.</summary>
    public SigningCredentials Credentials { get; }

    /// <summary>What the issuer signs with now, and how its record stands.</summary>
    public IssuerStanding Standing
    {
        get
        {
            var now = _timeProvider.GetUtcNow();
            var key = _trust.Find(now, out var refusal);
            var closed = refusal?.Message ?? _journal.Failure;
            return new(
                closed,
                key?.Entry.Kid,
                _trust.List?.Sequence,
                _trust.List?.ValidUntil,
                _trust.PulledAt,
                _trust.Failure,
                _journal.Instance,
                _journal.Sequence,
                _journal.UnsentSince,
                _journal.RefusedRows
            );
        }
    }

    /// <summary>Pulls the trust list now. A failure keeps the list that the issuer has, and is in the standing.</summary>
    public async Task<IssuerStanding> PullAsync(CancellationToken cancellationToken)
    {
        await _trust.PullAsync(cancellationToken);
        return Standing;
    }

    /// <summary>The algorithm of the tokens.</summary>
    internal string Algorithm => _options.Algorithm;

    /// <summary>The size of the current key in bits; 0 while there is none.</summary>
    internal int KeySize =>
        _trust.Find(_timeProvider.GetUtcNow(), out _)?.Entry.PublicKey switch
        {
            null => 0,
            { Curve: "P-256" } => 256,
            { Curve: "P-384" } => 384,
            { Curve: "P-521" } => 521,
            var rsa => Base64Url.GetMaxDecodedLength(rsa.Modulus!.Length) * 8,
        };

    /// <summary>Mints a token: writes its header, records it, and signs it.</summary>
    /// <param name="claims">The claims, <c>iss</c>, <c>jti</c>, <c>iat</c> and <c>exp</c> among them.</param>
    /// <param name="type">The header's <c>typ</c>: RFC 9068's for an access token.</param>
    /// <exception cref="IssuanceRefusedException">No token is minted.</exception>
    public async Task<string> MintAsync(JsonObject claims, string type = "at+jwt", CancellationToken cancellationToken = default)
    {
        var key = Counted(() => _trust.Current(_timeProvider.GetUtcNow()));
        var header = new JsonObject
        {
            ["alg"] = key.Algorithm,
            ["kid"] = key.Entry.Kid,
            ["typ"] = type,
        };
        var input = $"{Part(header)}.{Part(claims)}";
        return $"{input}.{Base64Url.EncodeToString(await SignAsync(input, key, cancellationToken))}";
    }

    /// <summary>Records and signs a token that a library wrote.</summary>
    /// <param name="signingInput">Its header and payload, with the dot between them.</param>
    internal async Task<byte[]> SignAsync(string signingInput, CancellationToken cancellationToken) =>
        await SignAsync(signingInput, Counted(() => _trust.Current(_timeProvider.GetUtcNow())), cancellationToken);

    /// <summary>Whether a key of this issuer in the trust list has signed this.</summary>
    internal bool Verify(string signingInput, byte[] signature)
    {
        var token = $"{signingInput}.{Base64Url.EncodeToString(signature)}";
        return ClaimedToken.Read(token) is { Kid: { } kid } claimed
            && _trust.List?.Find(claimed.Issuer, kid) is { } entry
            && !_trust.List.IsRevoked(entry.Thumbprint)
            && ClaimedToken.IsSignedBy(token, entry);
    }

    private async Task<byte[]> SignAsync(string signingInput, CurrentKey key, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > _options.MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw Counted(
                new IssuanceRefusedException(
                    "busy",
                    $"Rekey's issuer does not sign: {_options.MaxWaiting} tokens wait for the disk and the vault already. The vault is "
                        + "slow, or more is asked of it than its quota allows."
                )
            );
        }

        try
        {
            var token = TokenToSign.Read(signingInput, key);
            await _journal.RecordAsync(token, cancellationToken);
            var signature = await _vault.SignAsync(key, signingInput, cancellationToken);
            _metrics.Minted();
            return signature;
        }
        catch (IssuanceRefusedException e)
        {
            throw Counted(e);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private CurrentKey Counted(Func<CurrentKey> find)
    {
        try
        {
            return find();
        }
        catch (IssuanceRefusedException e)
        {
            throw Counted(e);
        }
    }

    /// <summary>Counts a refusal, and logs the first of a reason and one a minute.</summary>
    private IssuanceRefusedException Counted(IssuanceRefusedException refusal)
    {
        _metrics.Refused(refusal.Reason);
        var now = _timeProvider.GetUtcNow();
        lock (_lock)
        {
            if (_reported is { } last && last.Reason == refusal.Reason && now - last.At < ReportEvery)
            {
                return refusal;
            }

            _reported = (refusal.Reason, now);
        }

        _log.LogError("A token was not minted ({Reason}). {Message}", refusal.Reason, refusal.Message);
        return refusal;
    }

    private static string Part(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
