using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Rekey.Core;
using Rekey.Trust.Vaults;

namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>
/// Key Vault's challenge authentication: the vault answers a first request without token and body by 401 with the required scope. The
/// policy caches the challenge, so that each process needs one such request per vault.
/// </summary>
/// <remarks>It sends a token only to hosts under the resource's name: otherwise a hostile endpoint could use it on the real
/// vault.</remarks>
internal sealed class VaultChallengePolicy(TokenCredential credential, bool disableResourceVerification, TimeProvider timeProvider)
    : HttpPipelinePolicy
{
    private readonly ConcurrentDictionary<string, VaultChallenge> _remembered = new(StringComparer.OrdinalIgnoreCase);
    private readonly VaultTokens _tokens = new(credential, timeProvider);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The vault client is asynchronous only.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var vault = message.Request.Uri.ToUri();
        if (!string.Equals(vault.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal))
        {
            throw new CannotContinueException(
                VaultReasons.BadRequest,
                $"The vault {vault.Authority} is configured without https.",
                "Write its address with https://."
            );
        }

        if (!_remembered.TryGetValue(vault.Authority, out var challenge))
        {
            challenge = await ProbeAsync(message, pipeline, vault);
            if (challenge is null)
            {
                return;
            }
        }

        await SendAsync(message, pipeline, challenge, claims: null);
        if (message.Response.Status != 401)
        {
            return;
        }

        // Either the token no longer suffices (continuous access evaluation), or the vault moved to another tenant. Retry once, then return
        // the reply to the caller.
        var header = message.Response.Headers.TryGetValue("WWW-Authenticate", out var value) ? value : null;
        if (VaultChallenge.ClaimsOf(header) is { } claims)
        {
            await SendAsync(message, pipeline, challenge, claims);
        }
        else if (Accept(header, vault) is { } other && other != challenge)
        {
            _remembered[vault.Authority] = other;
            await SendAsync(message, pipeline, other, claims: null);
        }
    }

    /// <summary>Sends a request without token and body. Returns null if the reply is not a challenge.</summary>
    private async ValueTask<VaultChallenge?> ProbeAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline, Uri vault)
    {
        var content = message.Request.Content;
        message.Request.Content = null;
        message.Request.Headers.Remove("Authorization");
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        finally
        {
            message.Request.Content = content;
        }

        var status = message.Response.Status;
        if (status is >= 200 and < 300)
        {
            throw new CannotContinueException(
                VaultReasons.BadRequest,
                $"{vault.Authority} answers without requiring a token, so it is not a key vault.",
                "Check the vault's address."
            );
        }

        if (status != 401)
        {
            return null;
        }

        var challenge = Accept(message.Response.Headers.TryGetValue("WWW-Authenticate", out var header) ? header : null, vault);
        if (challenge is not null)
        {
            _remembered[vault.Authority] = challenge;
        }

        return challenge;
    }

    private VaultChallenge? Accept(string? header, Uri vault)
    {
        var challenge = VaultChallenge.Parse(header);
        return challenge is null || disableResourceVerification || challenge.Covers(vault.Host)
            ? challenge
            : throw new CannotContinueException(
                VaultReasons.Unauthorized,
                $"{vault.Authority} asks for a token for {challenge.Resource.Host}, but is not a host of it. Rekey sent no token.",
                "Check the vault's address. For an emulator or a private name, set DisableChallengeResourceVerification."
            );
    }

    private async ValueTask SendAsync(
        HttpMessage message,
        ReadOnlyMemory<HttpPipelinePolicy> pipeline,
        VaultChallenge challenge,
        string? claims
    )
    {
        var token = await _tokens.GetAsync(challenge, claims, message.CancellationToken);
        if (message.HasResponse)
        {
            message.Response.Dispose();
        }

        message.Request.Headers.SetValue("Authorization", "Bearer " + token);
        await ProcessNextAsync(message, pipeline);
    }
}
