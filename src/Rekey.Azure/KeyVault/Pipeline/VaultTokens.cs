using System.Collections.Concurrent;
using Azure.Core;

namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>Caches tokens per scope and tenant until their renewal: not every credential has a cache.</summary>
#pragma warning disable CA1001 // Lives as long as the process; a semaphore without wait handle holds nothing to release.
internal sealed class VaultTokens(TokenCredential credential, TimeProvider timeProvider)
#pragma warning restore CA1001
{
    // A margin for clock skew, and for requests that wait in a throttle.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Scope, string? Tenant), AccessToken> _kept = new();
    private readonly SemaphoreSlim _asking = new(1, 1);

    public async ValueTask<string> GetAsync(VaultChallenge challenge, string? claims, CancellationToken cancellationToken)
    {
        var key = (challenge.Scope, challenge.TenantId);
        if (claims is null && Fresh(key) is { } kept)
        {
            return kept;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (claims is null && Fresh(key) is { } meanwhile)
            {
                return meanwhile;
            }

            var token = await credential.GetTokenAsync(
                new TokenRequestContext([challenge.Scope], parentRequestId: null, claims, challenge.TenantId, isCaeEnabled: true),
                cancellationToken
            );
            _kept[key] = token;
            return token.Token;
        }
        finally
        {
            _asking.Release();
        }
    }

    private string? Fresh((string Scope, string? Tenant) key)
    {
        if (!_kept.TryGetValue(key, out var token))
        {
            return null;
        }

        var now = timeProvider.GetUtcNow();
        var renew = token.RefreshOn is { } at && at < token.ExpiresOn ? at : token.ExpiresOn - Margin;
        return now < renew ? token.Token : null;
    }
}
