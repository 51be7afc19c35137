using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Keys;

/// <summary>
/// The opaque text of a backup. Only local vaults of the same subscription can open it. It is opaque, not secret: anyone with this source
/// can open it, while only Azure can open Azure's.
/// </summary>
internal static class BackupBlob
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public static string Seal(StoredKey key, string subscriptionId)
    {
        var plain = KeyFile.Write(key with { State = KeyState.Active, PollsLeft = 0, DeletedOn = null });
        var blob = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(blob.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(KeyOf(subscriptionId), TagBytes);
        aes.Encrypt(blob.AsSpan(0, NonceBytes), plain, blob.AsSpan(NonceBytes + TagBytes), blob.AsSpan(NonceBytes, TagBytes));
        return Base64UrlEncoder.Encode(blob);
    }

    /// <exception cref="VaultException">400: broken, or of another subscription.</exception>
    public static StoredKey Open(byte[] blob, string subscriptionId)
    {
        try
        {
            var plain = new byte[Math.Max(0, blob.Length - NonceBytes - TagBytes)];
            using var aes = new AesGcm(KeyOf(subscriptionId), TagBytes);
            aes.Decrypt(blob.AsSpan(0, NonceBytes), blob.AsSpan(NonceBytes + TagBytes), blob.AsSpan(NonceBytes, TagBytes), plain);
            return KeyFile.Read(plain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or JsonException)
        {
            throw VaultException.BadParameter("The backup blob is malformed or belongs to another subscription or geography.");
        }
    }

    private static byte[] KeyOf(string subscriptionId) =>
        SHA256.HashData(Encoding.UTF8.GetBytes("rekey-local-backup/" + subscriptionId.ToLowerInvariant()));
}
