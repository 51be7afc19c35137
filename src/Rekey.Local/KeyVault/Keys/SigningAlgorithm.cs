using System.Security.Cryptography;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Keys;

/// <summary>A signature algorithm of RFC 7518 section 3, as a vault offers it.</summary>
/// <param name="Hash">The digest that the caller has computed.</param>
/// <param name="Padding">RSA only.</param>
internal sealed record SigningAlgorithm(HashAlgorithmName Hash, RSASignaturePadding? Padding)
{
    /// <summary>Finds the algorithm, and sees that it fits the key and that the digest has its length.</summary>
    /// <exception cref="VaultException">400: unknown, does not fit, or the digest has a wrong length.</exception>
    public static SigningAlgorithm Find(string? name, KeyShape shape, byte[] digest)
    {
        var (family, curve, hash, bytes, padding) = name switch
        {
            "RS256" => (KeyShape.Rsa, null, HashAlgorithmName.SHA256, 32, RSASignaturePadding.Pkcs1),
            "RS384" => (KeyShape.Rsa, null, HashAlgorithmName.SHA384, 48, RSASignaturePadding.Pkcs1),
            "RS512" => (KeyShape.Rsa, null, HashAlgorithmName.SHA512, 64, RSASignaturePadding.Pkcs1),
            "PS256" => (KeyShape.Rsa, null, HashAlgorithmName.SHA256, 32, RSASignaturePadding.Pss),
            "PS384" => (KeyShape.Rsa, null, HashAlgorithmName.SHA384, 48, RSASignaturePadding.Pss),
            "PS512" => (KeyShape.Rsa, null, HashAlgorithmName.SHA512, 64, RSASignaturePadding.Pss),
            "ES256" => (KeyShape.Ec, "P-256", HashAlgorithmName.SHA256, 32, (RSASignaturePadding?)null),
            "ES256K" => (KeyShape.Ec, "P-256K", HashAlgorithmName.SHA256, 32, null),
            "ES384" => (KeyShape.Ec, "P-384", HashAlgorithmName.SHA384, 48, null),
            "ES512" => (KeyShape.Ec, "P-521", HashAlgorithmName.SHA512, 64, null),
            _ => throw VaultException.BadParameter($"Property 'alg' has an invalid value: '{name}'."),
        };
        if (shape.Family != family || (curve is not null && shape.Curve != curve))
        {
            throw VaultException.BadParameter($"Key and signing algorithm are incompatible. Key type: {shape.Kty}, algorithm: {name}.");
        }

        if (digest.Length != bytes)
        {
            throw VaultException.BadParameter(
                $"Invalid length of 'value': {digest.Length} bytes. {name} requires a digest of {bytes} bytes."
            );
        }

        return new SigningAlgorithm(hash, padding);
    }
}
