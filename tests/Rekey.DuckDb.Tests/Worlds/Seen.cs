using System.Text.Json.Nodes;
using Rekey.Detections;

namespace Rekey.DuckDb.Tests.Worlds;

/// <summary>A line of a gateway.</summary>
internal sealed record Seen(
    bool InBatch,
    DateTimeOffset TimeGenerated,
    PresentedToken Token,
    string? SrcIpAddr,
    string? UserAgent,
    string? Path,
    long? StatusCode,
    string? Gateway,
    bool? IsTimeKnown = null,
    string? MalformedClaims = null
)
{
    public JsonObject ToJson() =>
        new()
        {
            [nameof(InBatch)] = InBatch,
            [nameof(TimeGenerated)] = TokenWorld.Time(TimeGenerated),
            [nameof(Token.Iss)] = Token.Iss,
            [nameof(Token.Jti)] = Token.Jti,
            [nameof(Token.Kid)] = Token.Kid,
            [nameof(Token.Sub)] = Token.Sub,
            [nameof(Token.Aud)] = Token.Aud,
            [nameof(Token.IssuedAt)] = TokenWorld.Time(Token.IssuedAt),
            [nameof(Token.ExpiresAt)] = TokenWorld.Time(Token.ExpiresAt),
            [nameof(Token.SigningInputSha256)] = Token.SigningInputSha256,
            [nameof(Token.KeyThumbprint)] = Token.KeyThumbprint,
            [nameof(Token.SignatureVerified)] = Token.SignatureVerified,
            [nameof(SrcIpAddr)] = SrcIpAddr,
            [nameof(UserAgent)] = UserAgent,
            [nameof(Path)] = Path,
            [nameof(StatusCode)] = StatusCode,
            [nameof(Gateway)] = Gateway,
            [nameof(IsTimeKnown)] = IsTimeKnown,
            [nameof(MalformedClaims)] = MalformedClaims,
        };
}
