namespace Rekey.Trust.Jose;

/// <summary>
/// The asymmetric JWS algorithms of RFC 7518 and RFC 8812, and the keys that fit them. Neither <c>none</c> nor HMAC is supported.
/// </summary>
public static class JwsAlgorithms
{
    private static readonly Dictionary<string, (string KeyType, string? Curve)> Known = new(StringComparer.Ordinal)
    {
        ["ES256"] = ("EC", "P-256"),
        ["ES384"] = ("EC", "P-384"),
        ["ES512"] = ("EC", "P-521"),
        ["RS256"] = ("RSA", null),
        ["RS384"] = ("RSA", null),
        ["RS512"] = ("RSA", null),
        ["PS256"] = ("RSA", null),
        ["PS384"] = ("RSA", null),
        ["PS512"] = ("RSA", null),
    };

    /// <summary>Whether Rekey can vouch for tokens of this algorithm.</summary>
    public static bool IsKnown(string algorithm) => Known.ContainsKey(algorithm);

    /// <summary>Whether a key can be used with the algorithm.</summary>
    public static bool Fits(string algorithm, PublicJwk key) =>
        Known.TryGetValue(algorithm, out var want)
        && string.Equals(want.KeyType, key.KeyType, StringComparison.Ordinal)
        && (want.Curve is null || string.Equals(want.Curve, key.Curve, StringComparison.Ordinal));

    /// <summary>The digest that goes with the algorithm, in bytes: 32, 48 or 64.</summary>
    public static int DigestBytes(string algorithm) =>
        algorithm[^3..] switch
        {
            "256" => 32,
            "384" => 48,
            _ => 64,
        };
}
