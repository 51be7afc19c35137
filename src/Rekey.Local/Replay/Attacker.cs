using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay;

/// <summary>A forger with a copy of a private key. Makes tokens that no issuer minted and that pass every signature check.</summary>
public sealed class Attacker(WorldKey key, string kid, ECDsa stolen) : IDisposable
{
    /// <summary>Forges a token with a valid signature.</summary>
    /// <param name="jti">The id of another token; null makes a new one.</param>
    /// <param name="issuedAt">The <c>iat</c>; null takes the present time.</param>
    public string Forge(string subject, string? jti = null, DateTimeOffset? issuedAt = null)
    {
        var input = TokenWriter.SigningInput(key, kid, subject, issuedAt ?? DateTimeOffset.UtcNow, jti);
        var signature = stolen.SignData(
            Encoding.ASCII.GetBytes(input),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose() => stolen.Dispose();
}
