using System.Text.Json.Serialization;
using Rekey.Core;

namespace Rekey.Trust.Jose;

/// <summary>
/// A public RSA or EC key with the members of RFC 7517: <c>kty</c> is <c>RSA</c> or <c>EC</c> also where the vault says <c>RSA-HSM</c>,
/// <c>EC-HSM</c>; the vault's <c>P-256K</c> is <c>secp256k1</c> here (RFC 8812).
/// </summary>
/// <remarks>
/// Its numbers are normalised to RFC 7518. Every key goes through here, from a vault, a published JWKS or a file, so that one key has one
/// thumbprint.
/// </remarks>
/// <exception cref="CannotContinueException">It is no RSA or EC key, or its numbers cannot be read.</exception>
public sealed record PublicJwk
{
    /// <summary>Reason code of a refusal: the members are no public key.</summary>
    public const string Unreadable = "key-unreadable";

    public PublicJwk(string keyType, string? curve, string? x, string? y, string? modulus, string? exponent)
    {
        KeyType = keyType;
        if (keyType == "EC")
        {
            Curve = curve;
            (X, Y) = (Coordinate(nameof(x), x, curve), Coordinate(nameof(y), y, curve));
        }
        else if (keyType == "RSA")
        {
            (Modulus, Exponent) = (Number("n", modulus, JwkOctets.Integer), Number("e", exponent, JwkOctets.Integer));
        }
        else
        {
            throw Refused($"its type '{keyType}' is not EC or RSA");
        }
    }

    [JsonPropertyName("kty")]
    public string KeyType { get; }

    [JsonPropertyName("crv")]
    public string? Curve { get; }

    [JsonPropertyName("x")]
    public string? X { get; }

    [JsonPropertyName("y")]
    public string? Y { get; }

    [JsonPropertyName("n")]
    public string? Modulus { get; }

    [JsonPropertyName("e")]
    public string? Exponent { get; }

    /// <summary>Makes one from what Key Vault returns.</summary>
    /// <exception cref="CannotContinueException">
    /// The key is symmetric or of a kind that signs no tokens, or members are missing or cannot be read.
    /// </exception>
    public static PublicJwk FromVault(string keyType, string? curve, string? x, string? y, string? n, string? e) =>
        keyType switch
        {
            // A key that was imported under the name SECP256K1 keeps it.
            "EC" or "EC-HSM" when curve is not null && x is not null && y is not null => new(
                "EC",
                curve is "P-256K" or "SECP256K1" ? "secp256k1" : curve,
                x,
                y,
                modulus: null,
                exponent: null
            ),
            "RSA" or "RSA-HSM" when n is not null && e is not null => new("RSA", curve: null, x: null, y: null, n, e),
            _ => throw new CannotContinueException(
                "key-not-asymmetric",
                $"A key of type '{keyType}' cannot sign tokens that others verify.",
                "Govern EC or RSA keys only."
            ),
        };

    /// <summary>The RFC 7638 thumbprint: the stable identity of the key material.</summary>
    [JsonIgnore]
    public string Thumbprint => JwkThumbprint.Of(this);

    private static string Coordinate(string member, string? text, string? curve)
    {
        var length = curve switch
        {
            "P-256" or "secp256k1" => 32,
            "P-384" => 48,
            "P-521" => 66,
            _ => throw Refused($"its curve '{curve}' is not known"),
        };
        return Number(member, text, given => JwkOctets.Coordinate(given, length));
    }

    private static string Number(string member, string? text, Func<string, string> spell)
    {
        try
        {
            return text is null ? throw Refused($"it has no member '{member}'") : spell(text);
        }
        catch (FormatException wrong)
        {
            throw Refused($"its member '{member}' is no number as RFC 7518 writes them: {wrong.Message.TrimEnd('.')}");
        }
    }

    private static CannotContinueException Refused(string why) =>
        new(
            Unreadable,
            $"A public key cannot be read: {why}.",
            "Look where the key comes from: a vault, a published JWKS or a file. It must be an EC key on P-256, P-384, P-521 or secp256k1, "
                + "or an RSA key."
        );
}
