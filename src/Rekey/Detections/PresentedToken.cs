using Rekey.Core;

namespace Rekey.Detections;

/// <summary>A token as a gateway saw it. Two tokens with one <c>jti</c> and different content are two.</summary>
/// <param name="Aud">Several audiences are sorted and separated by a blank.</param>
/// <param name="IssuedAt"><c>iat</c>, whole seconds.</param>
/// <param name="ExpiresAt"><c>exp</c>, whole seconds.</param>
/// <param name="SigningInputSha256">SHA-256 of the JWS signing input, lower-case hex; null where gateways do not log it.</param>
/// <param name="KeyThumbprint">RFC 7638 thumbprint of the key that verified it.</param>
/// <param name="SignatureVerified">Whether the gateway verified the signature; null where it does not say.</param>
public sealed record PresentedToken(
    string Iss,
    string? Jti,
    string? Kid,
    string? Sub,
    string? Aud,
    DateTimeOffset? IssuedAt,
    DateTimeOffset? ExpiresAt,
    string? SigningInputSha256,
    string? KeyThumbprint,
    bool? SignatureVerified
)
{
    /// <summary>In small letters, however it was written: another text would be another token.</summary>
    public string? SigningInputSha256
    {
        get;
        init => field = value?.ToLowerInvariant();
    } = SigningInputSha256?.ToLowerInvariant();

    /// <summary>A function of what identifies it: issuer, jti and content. Whose key verified it, and whether, does not make it another
    /// token.</summary>
    public string Id =>
        StableId.Of(
            "token",
            Iss,
            Jti ?? "",
            SigningInputSha256 ?? "",
            Kid ?? "",
            Sub ?? "",
            Aud ?? "",
            Seconds(IssuedAt),
            Seconds(ExpiresAt)
        );

    private static string Seconds(DateTimeOffset? time) =>
        time?.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
}
