using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rekey.Local.Worlds;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;

namespace Rekey.Local.Replay;

/// <summary>A client of Rekey's endpoints for operators, approvers and gateways.</summary>
public sealed class RekeyClient(World world)
{
    /// <summary>Sends a request with a token of that role; null sends none.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? role,
        HttpContent? content = null,
        string? objectId = null,
        CancellationToken cancellationToken = default
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(world.HostAddress, path)) { Content = content };
        request.Headers.Authorization = role is null ? null : new AuthenticationHeaderValue("Bearer", world.TokenFor(role, objectId));
        return await world.Http.SendAsync(request, cancellationToken);
    }

    /// <summary>Reads JSON; null when it is not there.</summary>
    public async Task<JsonElement?> GetAsync(string path, string role, CancellationToken cancellationToken = default)
    {
        using var reply = await SendAsync(HttpMethod.Get, path, role, cancellationToken: cancellationToken);
        if (reply.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }

        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>Approves every open decision, as an approver would after reading it. Gives the statements.</summary>
    public async Task<IReadOnlyList<string>> ApproveAllAsync(CancellationToken cancellationToken = default)
    {
        var pending = (await GetAsync("decisions", "Approver", cancellationToken))!
            .Value.GetProperty("decisions")
            .EnumerateArray()
            .ToList();
        foreach (var decision in pending)
        {
            using var answer = await SendAsync(
                HttpMethod.Post,
                $"decisions/{decision.GetProperty("id").GetString()}",
                "Approver",
                JsonContent.Create(
                    new
                    {
                        answer = "approve",
                        planHash = decision.GetProperty("planHash").GetString(),
                        reason = "read and agreed",
                    }
                ),
                cancellationToken: cancellationToken
            );
            answer.EnsureSuccessStatusCode();
        }

        return [.. pending.Select(d => d.GetProperty("statement").GetString()!)];
    }

    /// <summary>Runs the baseline of the vaults, approves it, and waits until the lists are published.</summary>
    public async Task TakeBaselineAsync(CancellationToken cancellationToken = default)
    {
        await world.Host.TriggerTimerAsync("PublishTrust", cancellationToken);
        await ApproveAllAsync(cancellationToken);
    }

    /// <summary>Reads the trust list and verifies its signature with the key in Rekey's own vault.</summary>
    public async Task<TrustList> TrustListAsync(CancellationToken cancellationToken = default)
    {
        using var reply = await SendAsync(HttpMethod.Get, "trust-list", "Gateway", cancellationToken: cancellationToken);
        reply.EnsureSuccessStatusCode();
        var pinned = await world.Admin.ReadKeyAsync(world.OwnVault, World.DocumentKey, cancellationToken);
        return TrustDocuments.Read(
            SignedDocument.Open(await reply.Content.ReadAsByteArrayAsync(cancellationToken), TrustDocuments.TrustListType, pinned, "ES256")
        );
    }

    /// <summary>Asks Rekey about a token (RFC 7662).</summary>
    public async Task<JsonElement> IntrospectAsync(string token, CancellationToken cancellationToken = default)
    {
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var reply = await SendAsync(HttpMethod.Post, "introspect", "Gateway", form, cancellationToken: cancellationToken);
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }
}
