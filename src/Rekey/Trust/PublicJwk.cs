using System.Text.Json.Serialization;

namespace Rekey.Trust;

/// <summary>
/// The public members of an RSA or EC key as RFC 7517 wants them: <c>kty</c> is <c>RSA</c> or <c>EC</c> also where the vault says
/// <c>RSA-HSM</c>, <c>EC-HSM</c>; the vault's <c>P-256K</c> is <c>secp256k1</c> here (RFC 8812).
/// </summary>
public sealed record PublicJwk(
    [property: JsonPropertyName("kty")] string KeyType,
    [property: JsonPropertyName("crv")] string? Curve,
    [property: JsonPropertyName("x")] string? X,
    [property: JsonPropertyName("y")] string? Y,
    [property: JsonPropertyName("n")] string? Modulus,
    [property: JsonPropertyName("e")] string? Exponent)
{
    /// <summary>Makes one from what Key Vault returns.</summary>
    /// <exception cref="CannotContinueException">The key is symmetric or of a kind that signs no tokens, or members are missing.</exception>
    public static PublicJwk FromVault(string keyType, string? curve, string? x, string? y, string? n, string? e) => keyType switch
    {
        "EC" or "EC-HSM" when curve is not null && x is not null && y is not null
            => new("EC", string.Equals(curve, "P-256K", StringComparison.Ordinal) ? "secp256k1" : curve, x, y, Modulus: null, Exponent: null),
        "RSA" or "RSA-HSM" when n is not null && e is not null
            => new("RSA", Curve: null, X: null, Y: null, n, e),
        _ => throw new CannotContinueException("key-not-asymmetric", $"A key of type '{keyType}' cannot sign tokens that others verify.", "Govern EC or RSA keys only."),
    };

    /// <summary>The RFC 7638 thumbprint: the stable identity of the key material.</summary>
    [JsonIgnore]
    public string Thumbprint => JwkThumbprint.Of(this);
}
