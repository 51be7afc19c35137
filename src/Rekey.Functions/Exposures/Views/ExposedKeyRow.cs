using System.Text.Json.Serialization;
using Rekey.Exposures.Grades;
using Rekey.Exposures.Previews;
using Rekey.Rotations;

namespace Rekey.Functions.Exposures.Views;

/// <summary>An exposed key.</summary>
/// <param name="Key">Vault authority and name.</param>
/// <param name="People">How many people could have used or taken it; null when the question is about one person.</param>
/// <param name="Who">Their object ids with the kinds of their reasons, at most 100; empty when the question is about one person.</param>
/// <param name="Reasons">Each reason with the row, grant or tag that shows it; empty when the question is about everyone.</param>
/// <param name="Grade">Whether the key can have been taken.</param>
/// <param name="GradeWhy">The evidence for the grade.</param>
/// <param name="Plan">How its rotation would go: Immediate or Graceful; null when the question is about everyone.</param>
/// <param name="LiveTokens">The live tokens that it has signed; null when that is unknown. An immediate rotation ends them.</param>
/// <param name="Callers">How many people and programs hold them and must sign in again; null when that is unknown.</param>
/// <param name="CountedAt">When they were counted; null when they were not.</param>
/// <param name="LiveTokensUnknown">Why the number of live tokens is unknown; null when it is known.</param>
/// <param name="ForgottenAt">When every verifier would have forgotten the old versions; null when the question is about everyone.</param>
public sealed record ExposedKeyRow(
    string Key,
    int? People,
    IReadOnlyList<string> Who,
    IReadOnlyList<string> Reasons,
    [property: JsonConverter(typeof(JsonStringEnumConverter<ExposureGrade>))] ExposureGrade Grade,
    IReadOnlyList<string> GradeWhy,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Urgency>))] Urgency? Plan,
    long? LiveTokens,
    long? Callers,
    DateTimeOffset? CountedAt,
    string? LiveTokensUnknown,
    DateTimeOffset? ForgottenAt
)
{
    private const int MostShown = 100;

    public static ExposedKeyRow Of(PreviewedKey key) =>
        new(
            key.KeyId,
            People: null,
            Who: [],
            [.. key.Reasons.Select(r => $"{r.Kind}: {r.Detail}")],
            key.Grade.Grade,
            key.Grade.Why,
            key.Urgency,
            key.LiveTokens.Tokens,
            key.LiveTokens.Callers,
            key.LiveTokens.At,
            key.LiveTokens.UnknownBecause,
            key.ForgottenAt
        );

    public static ExposedKeyRow Of(CrowdedKey key) =>
        new(
            key.KeyId,
            key.People.Count,
            [.. key.People.Take(MostShown).Select(p => $"{p.PersonId}: {string.Join(", ", p.Kinds)}")],
            Reasons: [],
            key.Grade.Grade,
            key.Grade.Why,
            Plan: null,
            LiveTokens: null,
            Callers: null,
            CountedAt: null,
            LiveTokensUnknown: null,
            ForgottenAt: null
        );
}
