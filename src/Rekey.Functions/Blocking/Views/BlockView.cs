using System.Text.Json.Serialization;
using Rekey.Blocking;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Blocking.Views;

/// <summary>An entry of the blocklist.</summary>
/// <param name="Kind">What the value names.</param>
/// <param name="Issuer">The exact <c>iss</c>.</param>
/// <param name="Value">The hash of the signing input, <c>jti</c>, <c>sub</c> or <c>kid</c>.</param>
/// <param name="Kid">The kid that signed the token; null when unknown.</param>
/// <param name="IssuedBefore">The block covers tokens with an <c>iat</c> up to this time; null where the kind names one token.</param>
/// <param name="ExpiresAt">When every token that it blocks has expired.</param>
/// <param name="Reason">A stable code, such as a verdict's.</param>
/// <param name="Finding">Id of the finding that caused it; null for an operator's own block.</param>
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
        new("unknown-block", $"The blocklist has no entry '{id}'. `GET /blocks` lists the entries.", StatusCodes.Status404NotFound);
}
