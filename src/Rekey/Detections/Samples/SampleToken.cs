using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rekey.Detections.Samples;

/// <summary>The claims of a token, signed by any key.</summary>
internal sealed record SampleToken(
    string Iss,
    string Jti,
    string Kid,
    string Thumbprint,
    string Algorithm,
    string Sub,
    string Aud,
    string ClientId,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt
)
{
    /// <summary>SHA-256 of the JWS signing input (RFC 7515 §5.1) that these claims make as a JWT access token (RFC 9068), lower-case
    /// hex.</summary>
    public string SigningInputSha256()
    {
        var header = Encode($$"""{"alg":"{{Algorithm}}","kid":"{{Kid}}","typ":"at+jwt"}""");
        var payload = Encode(
            $"{{\"iss\":\"{Iss}\",\"sub\":\"{Sub}\",\"aud\":\"{Aud}\",\"client_id\":\"{ClientId}\","
                + $"\"iat\":{IssuedAt.ToUnixTimeSeconds()},\"exp\":{ExpiresAt.ToUnixTimeSeconds()},\"jti\":\"{Jti}\"}}"
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{header}.{payload}")));
    }

    /// <summary>Returns the token as a gateway logs it.</summary>
    /// <param name="isLegacy">An old gateway logs neither hash nor thumbprint nor whether it verified.</param>
    public PresentedToken Presented(bool isLegacy) =>
        new(
            Iss,
            Jti,
            Kid,
            Sub,
            Aud,
            IssuedAt,
            ExpiresAt,
            isLegacy ? null : SigningInputSha256(),
            isLegacy ? null : Thumbprint,
            isLegacy ? null : true
        );

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
