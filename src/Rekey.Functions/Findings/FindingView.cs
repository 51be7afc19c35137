using System.Text.Json.Serialization;
using Rekey.Detections.Campaigns;
using Rekey.Findings;

namespace Rekey.Functions.Findings;

/// <summary>A finding. docs/reference/findings.md lists the kinds.</summary>
/// <param name="Kind">A stable code such as <c>unknown-version</c>.</param>
/// <param name="About">The subject: a key, a version, a departure, a document.</param>
/// <param name="Title">One plain sentence.</param>
/// <param name="Remedy">What a person should do.</param>
/// <param name="Evidence">Facts that a reader can check.</param>
/// <param name="RaisedAt">When it was raised; null while the ledger does not have it.</param>
/// <param name="ClosedAt">When it was closed; null while it is open.</param>
/// <param name="Acknowledged">Who took note of it, why and until when; null when nobody did.</param>
/// <param name="Damage">The damage of a campaign of forged tokens; null for other findings and in lists.</param>
/// <param name="Tokens">A page of the campaign's tokens, for operators and approvers.</param>
/// <param name="Next">The <c>after</c> of the next page of tokens; null on the last.</param>
/// <param name="Unreadable">Rows of the campaign that cannot be read. The damage is a lower bound then.</param>
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
    Acknowledgement? Acknowledged,
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
            f.Acknowledged,
            damage,
            tokens,
            next,
            unreadable
        );
}
