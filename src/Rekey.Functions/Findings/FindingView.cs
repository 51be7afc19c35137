using System.Text.Json.Serialization;
using Rekey.Detections.Campaigns;
using Rekey.Findings;

namespace Rekey.Functions.Findings;

/// <summary>One finding. What its kinds say stands in docs/reference/findings.md.</summary>
/// <param name="Kind">A stable code such as <c>unknown-version</c>.</param>
/// <param name="About">What it is about: a key, a version, a departure, a document.</param>
/// <param name="Title">One plain sentence.</param>
/// <param name="Remedy">What a person should do.</param>
/// <param name="Evidence">Facts that a reader can check.</param>
/// <param name="RaisedAt">When it was raised; null for one that is not on record yet.</param>
/// <param name="ClosedAt">When it turned out to be over; null while it is open.</param>
/// <param name="Damage">What a campaign of forged tokens came to; null of another finding, and in a list.</param>
/// <param name="Tokens">A page of the campaign's tokens, for operators and approvers.</param>
/// <param name="Next">What the next page of tokens is asked for with as <c>after</c>; null on the last.</param>
/// <param name="Unreadable">Rows of the campaign that cannot be read: the damage is at least what the others say.</param>
public sealed record FindingView(
    string Id,
    string Kind,
    string About,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Severity>))] Severity Severity,
    string Title,
    string Remedy,
    IReadOnlyDictionary<string, string> Evidence,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    DateTimeOffset? RaisedAt,
    DateTimeOffset? ClosedAt,
    string? ClosedBecause,
    DamageAssessment? Damage,
    IEnumerable<ForgedTokenView>? Tokens,
    string? Next,
    IReadOnlyList<string>? Unreadable
)
{
    public static FindingView Of(
        Finding f,
        DamageAssessment? damage = null,
        IEnumerable<ForgedTokenView>? tokens = null,
        string? next = null,
        IReadOnlyList<string>? unreadable = null
    ) =>
        new(
            f.Id,
            f.Kind,
            f.About,
            f.Severity,
            f.Title,
            f.Remedy,
            f.Evidence,
            f.FirstSeen,
            f.LastSeen,
            f.RaisedAt,
            f.ClosedAt,
            f.ClosedBecause,
            damage,
            tokens,
            next,
            unreadable
        );
}
