using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Rekey.Trust.Jose;

/// <summary>Verifies JWS signatures with a public JWK: r||s for ECDSA (RFC 7518 §3.4), PKCS #1 v1.5 and PSS for RSA.</summary>
internal static class JwsSignature
{
    /// <summary>
    /// A cache of imported keys, which lives as long as their JWK: importing one costs as much as verifying with it. Each is used by one
    /// caller at a time, as .NET requires.
    /// </summary>
    private static readonly ConditionalWeakTable<PublicJwk, ConcurrentBag<AsymmetricAlgorithm>> Imported = [];

    /// <summary>True when the key made that signature with that algorithm. The algorithm comes from the caller's own list, never from a
    /// token.</summary>
    public static bool Verify(PublicJwk key, string algorithm, ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        if (!JwsAlgorithms.Fits(algorithm, key))
        {
            return false;
        }

        var hash = JwsAlgorithms.DigestBytes(algorithm) switch
        {
            32 => HashAlgorithmName.SHA256,
            48 => HashAlgorithmName.SHA384,
            _ => HashAlgorithmName.SHA512,
        };
        try
        {
            var idle = Imported.GetOrCreateValue(key);
            var imported = idle.TryTake(out var waiting) ? waiting : Import(key);
            var verified = imported is ECDsa ec
                ? ec.VerifyData(input, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                : ((RSA)imported).VerifyData(
                    input,
                    signature,
                    hash,
                    algorithm.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1
                );
            idle.Add(imported);
            return verified;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static AsymmetricAlgorithm Import(PublicJwk key) =>
        key.KeyType == "EC" ? ECDsa.Create(EcParameters(key)) : RSA.Create(RsaParameters(key));

    private static ECParameters EcParameters(PublicJwk key) =>
        new()
        {
            Curve = key.Curve switch
            {
                "P-256" => ECCurve.NamedCurves.nistP256,
                "P-384" => ECCurve.NamedCurves.nistP384,
                _ => ECCurve.NamedCurves.nistP521,
            },
            Q = new() { X = Base64Url.DecodeFromChars(key.X), Y = Base64Url.DecodeFromChars(key.Y) },
        };

    private static RSAParameters RsaParameters(PublicJwk key) =>
        new() { Modulus = Base64Url.DecodeFromChars(key.Modulus), Exponent = Base64Url.DecodeFromChars(key.Exponent) };
}
