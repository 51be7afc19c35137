using System.Text.Json.Nodes;

namespace Rekey.DuckDb.Tests.Worlds;

/// <summary>A line of an issuer.</summary>
internal sealed record Issue(
    DateTimeOffset TimeGenerated,
    string Iss,
    string Jti,
    string? Kid,
    string? Sub,
    string? Aud,
    DateTimeOffset? IssuedAt,
    DateTimeOffset? ExpiresAt,
    string? SigningInputSha256,
    string? IssuerInstance,
    long? Sequence
)
{
    public JsonObject ToJson() =>
        new()
        {
            [nameof(TimeGenerated)] = TokenWorld.Time(TimeGenerated),
            [nameof(Iss)] = Iss,
            [nameof(Jti)] = Jti,
            [nameof(Kid)] = Kid,
            [nameof(Sub)] = Sub,
            [nameof(Aud)] = Aud,
            [nameof(IssuedAt)] = TokenWorld.Time(IssuedAt),
            [nameof(ExpiresAt)] = TokenWorld.Time(ExpiresAt),
            [nameof(SigningInputSha256)] = SigningInputSha256,
            [nameof(IssuerInstance)] = IssuerInstance,
            [nameof(Sequence)] = Sequence,
        };
}
