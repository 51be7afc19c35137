using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay;

/// <summary>Somebody with a private key in their pocket: forges tokens that no issuer ever minted, and that every signature check
/// believes.</summary>
public sealed class Attacker(WorldKey key, string kid, ECDsa stolen) : IDisposable
{
    /// <summary>A perfectly signed token.</summary>
    public string Forge(string subject)
    {
        var input = TokenWriter.SigningInput(key, kid, subject, DateTimeOffset.UtcNow);
        var signature = stolen.SignData(
            Encoding.ASCII.GetBytes(input),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose() => stolen.Dispose();
}
