using System.Security.Cryptography;
using Rekey.Trust;
using Rekey.Trust.Jose;

namespace Rekey.Blocking;

/// <summary>The facts by which the blocklist identifies a token.</summary>
/// <param name="Issuer">The exact <c>iss</c>.</param>
/// <param name="IssuedAt"><c>iat</c>; a token without one counts as old.</param>
/// <param name="SigningInputSha256">SHA-256 of the signing input, lower-case hex; null when unknown.</param>
public sealed record TokenFacts(
    string Issuer,
    string? Jti,
    string? Subject,
    string? Kid,
    DateTimeOffset? IssuedAt,
    string? SigningInputSha256
)
{
    /// <summary>The facts of a token that the trust list accepts.</summary>
    /// <param name="verdict">Its verdict; it must be active.</param>
    public static TokenFacts Of(string token, TokenVerdict verdict)
    {
        var (claims, entry) = (verdict.Claims!.Value, verdict.Entry!);
        _ = CompactJws.TrySplit(token, out var jws);
        return new(
            entry.Issuer,
            TokenJudge.Text(claims, "jti"u8),
            TokenJudge.Text(claims, "sub"u8),
            entry.Kid,
            TokenJudge.Time(claims, "iat"u8),
            Convert.ToHexStringLower(SHA256.HashData(jws.SigningInputBytes()))
        );
    }
}
