using System.Text.Json.Serialization;
using Rekey.Blocking;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Blocking.Views;

/// <summary>One thing that is blocked.</summary>
/// <param name="Kind">What the value names.</param>
/// <param name="Issuer">The exact <c>iss</c>.</param>
/// <param name="Value">The hash of the signing input, <c>jti</c>, <c>sub</c> or <c>kid</c>.</param>
/// <param name="Kid">The kid that signed the token it names; null when nobody said.</param>
/// <param name="IssuedBefore">Tokens with a later <c>iat</c> are not meant; null where the kind names one token.</param>
/// <param name="ExpiresAt">When no token that it names can be valid any more.</param>
/// <param name="Reason">A stable code, such as a verdict's.</param>
/// <param name="Finding">Id of the finding that it rests on; null for an operator's own.</param>
public sealed record BlockView(
    string Id,
    [property: JsonConverter(typeof(JsonStringEnumConverter<BlockKind>))] BlockKind Kind,
    string Issuer,
    string Value,
    string? Kid,
    DateTimeOffset? IssuedBefore,
    DateTimeOffset ExpiresAt,
    string Reason,
    string? Finding
)
{
    public static BlockView Of(BlockEntry entry) =>
        new(entry.Id, entry.Kind, entry.Issuer, entry.Value, entry.Kid, entry.IssuedBefore, entry.ExpiresAt, entry.Reason, entry.FindingId);

    internal static BadInputException Unknown(string id) =>
        new("unknown-block", $"Nothing is blocked as '{id}'.", StatusCodes.Status404NotFound);
}
