using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Local.Identity;
using Rekey.Local.Worlds;
using Rekey.Trust.Lists;

namespace Rekey.Local.Replay;

/// <summary>The company's issuer. It signs in the vault with the version that the trust list names current, and may do nothing else
/// there.</summary>
internal sealed class TokenIssuer(World world, RekeyClient rekey)
{
    /// <summary>Mints an access token.</summary>
    public async Task<string> MintAsync(WorldKey key, string subject, CancellationToken cancellationToken = default)
    {
        var list = await rekey.TrustListAsync(cancellationToken);
        var current = list.Keys.Single(e => e.KeyId.EndsWith($"/{key.Name}", StringComparison.Ordinal) && e.Current);
        return await SignAsync(key, current, subject, World.IssuerObjectId, cancellationToken)
            ?? throw new InvalidOperationException($"The vault refuses to sign with {key.Name}/{current.Version}.");
    }

    /// <summary>Tells whether the vault still signs with a version.</summary>
    public Task<bool> CanSignAsync(WorldKey key, TrustEntry entry, CancellationToken cancellationToken = default) =>
        CanSignAsync(key, entry, World.IssuerObjectId, cancellationToken);

    /// <summary>Tells whether the vault signs with a version for this principal.</summary>
    public async Task<bool> CanSignAsync(WorldKey key, TrustEntry entry, string objectId, CancellationToken cancellationToken = default) =>
        await SignAsync(key, entry, "probe", objectId, cancellationToken) is not null;

    private async Task<string?> SignAsync(
        WorldKey key,
        TrustEntry entry,
        string subject,
        string objectId,
        CancellationToken cancellationToken
    )
    {
        var input = TokenWriter.SigningInput(key, entry.Kid, subject, DateTimeOffset.UtcNow);
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(world.Vault.Address, $"keys/{key.Name}/{entry.Version}/sign?api-version=2025-07-01")
        );
        request.Headers.Authorization = new("Bearer", world.Identity.Mint(objectId, Audiences.KeyVault));
        request.Content = JsonContent.Create(
            new { alg = "ES256", value = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(input))) }
        );
        using var reply = await world.Http.SendAsync(request, cancellationToken);
        if (reply.StatusCode is System.Net.HttpStatusCode.Forbidden)
        {
            return null;
        }

        reply.EnsureSuccessStatusCode();
        return $"{input}.{(await reply.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("value").GetString()}";
    }
}
