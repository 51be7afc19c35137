using System.Text.Json.Serialization;
using Rekey.Detections;
using Rekey.Detections.Campaigns;

namespace Rekey.Functions.Findings;

/// <summary>A token of a campaign. Personal data: for operators and approvers only.</summary>
/// <param name="IsPastHold">A gap in the issuer's log may still explain it.</param>
/// <param name="BlockedUntil">Null while it is not blocked.</param>
/// <param name="Uses">Its uses, one entry per address.</param>
public sealed record ForgedTokenView(
    string Id,
    [property: JsonConverter(typeof(JsonStringEnumConverter<TokenStanding>))] TokenStanding Standing,
    string Iss,
    string? Jti,
    string? Kid,
    string? Sub,
    string? Aud,
    DateTimeOffset? IssuedAt,
    DateTimeOffset? ExpiresAt,
    string? SigningInputSha256,
    string? KeyThumbprint,
    bool? SignatureVerified,
    bool IsPastHold,
    DateTimeOffset? BlockedUntil,
    IReadOnlyList<TokenUse> Uses
)
{
    public static ForgedTokenView Of(TrackedToken t) =>
        new(
            t.Token.Id,
            t.Standing,
            t.Token.Iss,
            t.Token.Jti,
            t.Token.Kid,
            t.Token.Sub,
            t.Token.Aud,
            t.Token.IssuedAt,
            t.Token.ExpiresAt,
            t.Token.SigningInputSha256,
            t.Token.KeyThumbprint,
            t.Token.SignatureVerified,
            t.IsPastHold,
            t.Block is { IsListed: true } block ? block.ExpiresAt : null,
            t.Uses
        );
}
