using System.Buffers.Text;
using System.Security.Cryptography;

namespace Rekey.Trust;

/// <summary>Verifies JWS signatures with a public JWK: r||s for ECDSA (RFC 7518 §3.4), PKCS #1 v1.5 and PSS for RSA.</summary>
public static class JwsSignature
{
    /// <summary>True when the key made that signature with that algorithm. The algorithm comes from the caller's own list, never from a token.</summary>
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
            if (algorithm.StartsWith("ES", StringComparison.Ordinal))
            {
                using var ec = ECDsa.Create(EcParameters(key));
                return ec.VerifyData(input, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            }

            using var rsa = RSA.Create(RsaParameters(key));
            return rsa.VerifyData(input, signature, hash, algorithm.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static ECParameters EcParameters(PublicJwk key) => new()
    {
        Curve = key.Curve switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            _ => ECCurve.NamedCurves.nistP521,
        },
        Q = new() { X = Base64Url.DecodeFromChars(key.X), Y = Base64Url.DecodeFromChars(key.Y) },
    };

    private static RSAParameters RsaParameters(PublicJwk key) => new()
    {
        Modulus = Base64Url.DecodeFromChars(key.Modulus),
        Exponent = Base64Url.DecodeFromChars(key.Exponent),
    };
}
