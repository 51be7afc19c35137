using Rekey.Core;

namespace Rekey.Detections;

/// <summary>A token as a gateway saw it. The same <c>jti</c> with different content is a different token.</summary>
/// <param name="Aud">Several audiences are sorted and separated by a blank.</param>
/// <param name="IssuedAt"><c>iat</c>, whole seconds.</param>
/// <param name="ExpiresAt"><c>exp</c>, whole seconds.</param>
/// <param name="SigningInputSha256">SHA-256 of the JWS signing input, lower-case hex; null if gateways do not log it.</param>
/// <param name="KeyThumbprint">RFC 7638 thumbprint of the key that verified it.</param>
/// <param name="SignatureVerified">Whether the gateway verified the signature; null if it does not log that.</param>
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
    /// <summary>The hash in lower case: otherwise the same token would count as another one.</summary>
    public string? SigningInputSha256
    {
        get;
        init => field = value?.ToLowerInvariant();
    } = SigningInputSha256?.ToLowerInvariant();

    /// <summary>The id, derived from issuer, jti and content. The verification result is not part of it.</summary>
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
