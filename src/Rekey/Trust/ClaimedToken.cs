using System.Security.Cryptography;
using System.Text.Json;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.Trust;

/// <summary>What a token says of itself. None of it was verified, and the token itself is not kept.</summary>
/// <param name="Issuer"><c>iss</c>.</param>
/// <param name="IssuedAt"><c>iat</c>.</param>
/// <param name="SigningInputSha256">SHA-256 of the signing input, lower-case hex.</param>
public sealed record ClaimedToken(
    string Issuer,
    string? Jti,
    string? Subject,
    string? Kid,
    DateTimeOffset? IssuedAt,
    string SigningInputSha256
)
{
    /// <summary>Reads a JWT in compact form; null when it is none, is too long, or names no issuer.</summary>
    public static ClaimedToken? Read(string token)
    {
        if (token.Length > TokenJudge.MaxTokenLength || !CompactJws.TrySplit(token, out var jws))
        {
            return null;
        }

        try
        {
            var (header, claims) = (TokenJudge.Json(jws.Header), TokenJudge.Json(jws.Payload));
            return
                header.ValueKind is JsonValueKind.Object
                && claims.ValueKind is JsonValueKind.Object
                && TokenJudge.Text(claims, "iss"u8) is { } issuer
                ? new(
                    issuer,
                    TokenJudge.Text(claims, "jti"u8),
                    TokenJudge.Text(claims, "sub"u8),
                    TokenJudge.Text(header, "kid"u8),
                    TokenJudge.Time(claims, "iat"u8),
                    Convert.ToHexStringLower(SHA256.HashData(jws.SigningInputBytes()))
                )
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Whether the key of this entry made the signature of a token that <see cref="Read"/> has read.</summary>
    public static bool IsSignedBy(string token, TrustEntry entry)
    {
        _ = CompactJws.TrySplit(token, out var jws);
        try
        {
            return TokenJudge.Text(TokenJudge.Json(jws.Header), "alg"u8) is { } algorithm
                && entry.Algorithms.Contains(algorithm, StringComparer.Ordinal)
                && JwsSignature.Verify(entry.PublicKey, algorithm, jws.SigningInputBytes(), StrictBase64Url.Decode(jws.Signature));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
