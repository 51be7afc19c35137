using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Keys;

/// <summary>
/// A private key and its operations. Each use makes a new algorithm object: .NET does not promise that one can be shared between threads.
/// </summary>
/// <param name="given">The public members in a spelling that is kept as it came; null for that of RFC 7518.</param>
internal sealed class KeyMaterial(KeyShape shape, byte[] pkcs8, IReadOnlyDictionary<string, string>? given = null)
{
    /// <summary>The exponent 65537 as an HSM writes it: with a leading zero, against RFC 7518 section 6.3.1.2.</summary>
    private const string ExponentOfHsm = "AAEAAQ";

    public KeyShape Shape { get; } = shape;

    /// <summary>PKCS #8, the form that is persisted.</summary>
    public byte[] Pkcs8 => pkcs8;

    /// <summary>The public members where they are spelt as they came.</summary>
    public IReadOnlyDictionary<string, string>? Given => given;

    public static KeyMaterial Generate(KeyShape shape)
    {
        using AsymmetricAlgorithm key = shape.Family == KeyShape.Rsa ? RSA.Create(shape.Size!.Value) : CreateEc(shape);
        var made = new KeyMaterial(shape, key.ExportPkcs8PrivateKey());
        return shape is { Family: KeyShape.Rsa, Hsm: true }
            ? new KeyMaterial(shape, made.Pkcs8, new Dictionary<string, string>(made.Public()) { ["e"] = ExponentOfHsm })
            : made;
    }

    /// <summary>Opens the private key; the caller disposes of it.</summary>
    public AsymmetricAlgorithm Open() => Shape.Family == KeyShape.Rsa ? OpenRsa() : OpenEc();

    /// <summary>The members of the JSON Web Key that may be shown.</summary>
    public void WritePublic(JsonObject jwk)
    {
        foreach (var (name, value) in given ?? Public())
        {
            jwk[name] = value;
        }
    }

    /// <summary>Signs a digest. ECDSA gives r‖s as RFC 7518 section 3.4 wants it, not DER.</summary>
    public byte[] Sign(string? alg, byte[] digest)
    {
        var signing = SigningAlgorithm.Find(alg, Shape, digest);
        if (signing.Padding is { } padding)
        {
            using var rsa = OpenRsa();
            return rsa.SignHash(digest, signing.Hash, padding);
        }

        using var ec = OpenEc();
        return ec.SignHash(digest, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public bool Verify(string? alg, byte[] digest, byte[] signature)
    {
        var signing = SigningAlgorithm.Find(alg, Shape, digest);
        if (signing.Padding is { } padding)
        {
            using var rsa = OpenRsa();
            return rsa.VerifyHash(digest, signature, signing.Hash, padding);
        }

        using var ec = OpenEc();
        return ec.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public byte[] Encrypt(string? alg, byte[] plain) => Crypt(alg, rsa => rsa.Encrypt(plain, PaddingOf(alg)));

    public byte[] Decrypt(string? alg, byte[] cipher) => Crypt(alg, rsa => rsa.Decrypt(cipher, PaddingOf(alg)));

    private Dictionary<string, string> Public()
    {
        if (Shape.Family == KeyShape.Rsa)
        {
            using var rsa = OpenRsa();
            var p = rsa.ExportParameters(false);
            return new() { ["n"] = Base64UrlEncoder.Encode(p.Modulus), ["e"] = Base64UrlEncoder.Encode(p.Exponent) };
        }

        using var ec = OpenEc();
        var point = ec.ExportParameters(false).Q;
        return new()
        {
            ["crv"] = Shape.Curve!,
            ["x"] = Base64UrlEncoder.Encode(point.X),
            ["y"] = Base64UrlEncoder.Encode(point.Y),
        };
    }

    private static RSAEncryptionPadding PaddingOf(string? alg) =>
        alg switch
        {
            "RSA-OAEP" => RSAEncryptionPadding.OaepSHA1,
            "RSA-OAEP-256" => RSAEncryptionPadding.OaepSHA256,
            "RSA1_5" => RSAEncryptionPadding.Pkcs1,
            _ => throw VaultException.BadParameter($"Algorithm '{alg}' is not supported for this key."),
        };

    private static ECDsa CreateEc(KeyShape shape)
    {
        try
        {
            return ECDsa.Create(shape.NamedCurve);
        }
        catch (PlatformNotSupportedException)
        {
            throw VaultException.BadParameter($"Curve '{shape.Curve}' is not available on this machine.");
        }
    }

    private byte[] Crypt(string? alg, Func<RSA, byte[]> use)
    {
        if (Shape.Family != KeyShape.Rsa)
        {
            throw VaultException.BadParameter($"Algorithm '{alg}' is not supported for a key of type {Shape.Kty}.");
        }

        using var rsa = OpenRsa();
        try
        {
            return use(rsa);
        }
        catch (CryptographicException)
        {
            throw VaultException.BadParameter("The parameter is incorrect: the value does not fit this key and algorithm.");
        }
    }

    private RSA OpenRsa()
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return rsa;
    }

    private ECDsa OpenEc()
    {
        var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(pkcs8, out _);
        return ec;
    }
}
