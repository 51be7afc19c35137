using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Rekey.Local.KeyVault.Keys;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Operations;

/// <summary>Uses keys. The vault gets digests and never hashes.</summary>
internal sealed class CryptoOperations(KeyVaultOptions options, KeyRing ring, KeyBodies bodies, VaultServiceLimits throttle)
{
    public Task<VaultResponse> SignAsync(VaultCall call) =>
        UseAsync(call, "sign", (material, alg, body) => Base64UrlEncoder.Encode(material.Sign(alg, RequestJson.Bytes(body, "value"))));

    public Task<VaultResponse> EncryptAsync(VaultCall call) => CryptAsync(call, "encrypt", (m, alg, value) => m.Encrypt(alg, value));

    public Task<VaultResponse> DecryptAsync(VaultCall call) => CryptAsync(call, "decrypt", (m, alg, value) => m.Decrypt(alg, value));

    public Task<VaultResponse> WrapAsync(VaultCall call) => CryptAsync(call, "wrapKey", (m, alg, value) => m.Encrypt(alg, value));

    public Task<VaultResponse> UnwrapAsync(VaultCall call) => CryptAsync(call, "unwrapKey", (m, alg, value) => m.Decrypt(alg, value));

    public async Task<VaultResponse> VerifyAsync(VaultCall call)
    {
        var body = await call.ReadBodyAsync();
        var version = Find(call, "verify").Version;
        var holds = version.Material.Verify(
            RequestJson.Text(body, "alg"),
            RequestJson.Bytes(body, "digest"),
            RequestJson.Bytes(body, "value")
        );
        return VaultResponse.Ok(new JsonObject { ["value"] = holds });
    }

    private Task<VaultResponse> CryptAsync(VaultCall call, string op, Func<KeyMaterial, string?, byte[], byte[]> crypt) =>
        UseAsync(call, op, (material, alg, body) => Base64UrlEncoder.Encode(crypt(material, alg, RequestJson.Bytes(body, "value"))));

    private async Task<VaultResponse> UseAsync(VaultCall call, string op, Func<KeyMaterial, string?, JsonObject, string> use)
    {
        var body = await call.ReadBodyAsync();
        var (key, version) = Find(call, op);
        var value = use(version.Material, RequestJson.Text(body, "alg"), body);
        return VaultResponse.Ok(new JsonObject { ["kid"] = bodies.VersionId(key.Name, version.Id), ["value"] = value });
    }

    private (StoredKey Key, StoredKeyVersion Version) Find(VaultCall call, string op)
    {
        var found = ring.FindVersion(call.Name!, call.Version);
        call.KeyId = bodies.VersionId(found.Key.Name, found.Version.Id);
        throttle.Charge(found.Version.Material.Shape, create: false);
        KeyRules.CheckUse(found.Version, op, options.Time.GetUtcNow());
        return found;
    }
}
