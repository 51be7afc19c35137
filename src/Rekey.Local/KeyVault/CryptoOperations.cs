using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace Rekey.Local.KeyVault;

/// <summary>Using keys. The vault gets digests and never hashes.</summary>
internal sealed class CryptoOperations(KeyVaultOptions options, KeyRing ring, KeyBodies bodies, VaultThrottle throttle)
{
    public Task<VaultReply> SignAsync(VaultCall call) =>
        UseAsync(call, "sign", (material, alg, body) => Base64UrlEncoder.Encode(material.Sign(alg, RequestJson.Bytes(body, "value"))));

    public Task<VaultReply> EncryptAsync(VaultCall call) => CryptAsync(call, "encrypt", (m, alg, value) => m.Encrypt(alg, value));

    public Task<VaultReply> DecryptAsync(VaultCall call) => CryptAsync(call, "decrypt", (m, alg, value) => m.Decrypt(alg, value));

    public Task<VaultReply> WrapAsync(VaultCall call) => CryptAsync(call, "wrapKey", (m, alg, value) => m.Encrypt(alg, value));

    public Task<VaultReply> UnwrapAsync(VaultCall call) => CryptAsync(call, "unwrapKey", (m, alg, value) => m.Decrypt(alg, value));

    public async Task<VaultReply> VerifyAsync(VaultCall call)
    {
        var body = await call.ReadBodyAsync();
        var version = Find(call, "verify").Version;
        var holds = version.Material.Verify(RequestJson.Text(body, "alg"), RequestJson.Bytes(body, "digest"), RequestJson.Bytes(body, "value"));
        return VaultReply.Ok(new JsonObject { ["value"] = holds });
    }

    private Task<VaultReply> CryptAsync(VaultCall call, string op, Func<KeyMaterial, string?, byte[], byte[]> crypt) =>
        UseAsync(call, op, (material, alg, body) => Base64UrlEncoder.Encode(crypt(material, alg, RequestJson.Bytes(body, "value"))));

    private async Task<VaultReply> UseAsync(VaultCall call, string op, Func<KeyMaterial, string?, JsonObject, string> use)
    {
        var body = await call.ReadBodyAsync();
        var (key, version) = Find(call, op);
        var value = use(version.Material, RequestJson.Text(body, "alg"), body);
        return VaultReply.Ok(new JsonObject { ["kid"] = bodies.VersionId(key.Name, version.Id), ["value"] = value });
    }

    private (StoredKey Key, KeyVersion Version) Find(VaultCall call, string op)
    {
        var found = ring.FindVersion(call.Name!, call.Version);
        call.KeyId = bodies.VersionId(found.Key.Name, found.Version.Id);
        throttle.Charge(found.Version.Material.Shape, create: false);
        KeyRules.CheckUse(found.Version, op, options.Time.GetUtcNow());
        return found;
    }
}
