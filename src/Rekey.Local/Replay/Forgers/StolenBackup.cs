using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Local.Identity;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.KeyVault.Server;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay.Forgers;

/// <summary>A backup of a key, taken while there was access to the vault. Another vault of the same subscription opens it, and the key
/// signs there.</summary>
internal sealed class StolenBackup : IAsyncDisposable
{
    /// <summary>Object id of the forger in a vault of their own.</summary>
    private const string Forger = "eeeeeeee-0000-4111-8222-ffffffffffff";
    private const string KeysVersion = "api-version=2025-07-01";

    private readonly World _world;
    private readonly WorldKey _key;
    private readonly string _blob;
    private KeyVaultServer? _vault;

    private StolenBackup(World world, WorldKey key, string blob) => (_world, _key, _blob) = (world, key, blob);

    /// <summary>Takes a backup with the rights of an administrator.</summary>
    public static async Task<StolenBackup> TakeAsync(World world, WorldKey key, CancellationToken cancellationToken)
    {
        var address = new Uri(world.Vault.Address, $"keys/{key.Name}/backup?{KeysVersion}");
        var reply = await PostAsync(world, address, world.Admin.VaultToken(), body: null, cancellationToken);
        return new(world, key, reply.GetProperty("value").GetString()!);
    }

    /// <summary>Restores the backup into a vault of the forger.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        _vault = await KeyVaultServer.StartAsync(
            new()
            {
                Name = "kv-forger",
                Folder = Path.Combine(_world.Folder, "kv-forger"),
                Grants = new Dictionary<string, KeyPermissions>(StringComparer.Ordinal) { [Forger] = KeyPermissions.CryptoOfficer },
            },
            _world.Identity,
            _world.Authority,
            cancellationToken
        );
        await PostAsync(new Uri(_vault.Address, $"keys/restore?{KeysVersion}"), new { value = _blob }, cancellationToken);
    }

    /// <summary>Forges a token with the restored key, which signs in its new vault.</summary>
    public async Task<string> ForgeAsync(string kid, string version, string subject, CancellationToken cancellationToken)
    {
        var input = TokenWriter.SigningInput(_key, kid, subject, DateTimeOffset.UtcNow);
        var reply = await PostAsync(
            new Uri(_vault!.Address, $"keys/{_key.Name}/{version}/sign?{KeysVersion}"),
            new { alg = "ES256", value = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(input))) },
            cancellationToken
        );
        return $"{input}.{reply.GetProperty("value").GetString()}";
    }

    public async ValueTask DisposeAsync() => await (_vault?.DisposeAsync() ?? ValueTask.CompletedTask);

    private Task<JsonElement> PostAsync(Uri address, object body, CancellationToken cancellationToken) =>
        PostAsync(_world, address, _world.Identity.Mint(Forger, Audiences.KeyVault), body, cancellationToken);

    private static async Task<JsonElement> PostAsync(
        World world,
        Uri address,
        string token,
        object? body,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", token);
        using var reply = await world.Http.SendAsync(request, cancellationToken);
        return await reply.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }
}
