using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Local.Identity;
using Rekey.Local.KeyVault.Server;
using Rekey.Local.ResourceManager;
using Rekey.Trust.Jose;

namespace Rekey.Local.Worlds;

/// <summary>The platform engineer of a local company, who has all rights on keys and grants and uses them over the wire.</summary>
public sealed class WorldAdmin(World world)
{
    private const string KeysVersion = "api-version=2025-07-01";

    /// <summary>A vault token with all rights on keys.</summary>
    public string VaultToken() => world.Identity.Mint(World.AdminObjectId, Audiences.KeyVault);

    /// <summary>Makes a key.</summary>
    public async Task CreateKeyAsync(KeyVaultServer vault, WorldKey key, CancellationToken cancellationToken = default)
    {
        if (key.OfCertificate)
        {
            vault.AddCertificateKey(key.Name);
            return;
        }

        using var reply = await SendAsync(
            HttpMethod.Post,
            new(vault.Address, $"keys/{key.Name}/create?{KeysVersion}"),
            VaultToken(),
            new JsonObject
            {
                ["kty"] = key.KeyType,
                [key.IsRsa ? "key_size" : "crv"] = key.IsRsa ? 2048 : "P-256",
                ["key_ops"] = new JsonArray([.. key.Operations.Select(o => JsonValue.Create(o))]),
            },
            cancellationToken
        );
    }

    /// <summary>The public key of a key's newest version, as the vault gives it.</summary>
    public async Task<PublicJwk> ReadKeyAsync(KeyVaultServer vault, string name, CancellationToken cancellationToken = default)
    {
        using var reply = await SendAsync(
            HttpMethod.Get,
            new(vault.Address, $"keys/{name}/?{KeysVersion}"),
            VaultToken(),
            body: null,
            cancellationToken
        );
        var key = (await reply.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("key");
        return PublicJwk.FromVault(Text("kty")!, Text("crv"), Text("x"), Text("y"), Text("n"), Text("e"));

        string? Text(string member) => key.TryGetProperty(member, out var value) ? value.GetString() : null;
    }

    /// <summary>Gives a principal a role. Gives the assignment's id.</summary>
    public async Task<string> AssignAsync(
        string principalId,
        string principalType,
        ArmRole role,
        string scope,
        CancellationToken cancellationToken = default
    )
    {
        var id = $"{scope}/providers/Microsoft.Authorization/roleAssignments/{Guid.NewGuid()}";
        using var reply = await SendAsync(
            HttpMethod.Put,
            new(world.ResourceManager.Address, $"{id}?api-version=2022-04-01"),
            world.Identity.Mint(World.AdminObjectId, Audiences.ResourceManager),
            new JsonObject
            {
                ["properties"] = new JsonObject
                {
                    ["roleDefinitionId"] = $"/providers/Microsoft.Authorization/roleDefinitions/{role.Id}",
                    ["principalId"] = principalId,
                    ["principalType"] = principalType,
                },
            },
            cancellationToken
        );
        return id;
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        Uri address,
        string token,
        JsonObject? body,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", token);
        var reply = await world.Http.SendAsync(request, cancellationToken);
        return reply.EnsureSuccessStatusCode();
    }
}
