using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rekey.Trust.Jose;

/// <summary>Computes RFC 7638 thumbprints: SHA-256 over the required members in lexical order, base64url without padding.</summary>
internal static class JwkThumbprint
{
    public static string Of(PublicJwk key)
    {
        // Written by hand: the standard fixes the members' order and allows no white space, and base64url needs no escaping.
        var canonical = key.KeyType switch
        {
            "EC" => $$"""{"crv":"{{key.Curve}}","kty":"EC","x":"{{key.X}}","y":"{{key.Y}}"}""",
            "RSA" => $$"""{"e":"{{key.Exponent}}","kty":"RSA","n":"{{key.Modulus}}"}""",
            _ => throw new ArgumentException($"No thumbprint is defined here for kty '{key.KeyType}'.", nameof(key)),
        };
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }
}
