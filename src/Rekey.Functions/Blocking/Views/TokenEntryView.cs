using System.Text.Json.Serialization;
using Rekey.Blocking;

namespace Rekey.Functions.Blocking.Views;

/// <summary>An entry of the blocklist that blocks a token.</summary>
/// <param name="Block">The id of the entry.</param>
/// <param name="Kind">What the entry names.</param>
/// <param name="Reason">A stable code, such as a verdict's; <c>decided</c> when people decided it.</param>
/// <param name="Since">When it was listed, or when its decision was approved; null when that is not on record.</param>
/// <param name="Until">When the entry expires, since no token that it names is valid any more.</param>
/// <param name="Finding">Id of the finding that caused it; null for people's own block.</param>
/// <param name="Decision">Id of the decision that allowed it; null when it needed none.</param>
public sealed record TokenEntryView(
    string Block,
    [property: JsonConverter(typeof(JsonStringEnumConverter<BlockKind>))] BlockKind Kind,
    string Reason,
    DateTimeOffset? Since,
    DateTimeOffset Until,
    string? Finding,
    string? Decision
);
