using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.Departures.Reading;
using Rekey.Rotations.Outcomes;

namespace Rekey.Functions.Departures.Views;

/// <summary>A departure in a list. Read it alone for its reporters and its keys.</summary>
/// <param name="Departure">Its id.</param>
/// <param name="Person">Object id in Entra ID.</param>
/// <param name="Confirmed">Whether the directory confirms it.</param>
/// <param name="Hostile">Rekey responds at once, as if every key were taken.</param>
/// <param name="AssessedAt">When Rekey knew which keys the person could reach.</param>
/// <param name="EndedAt">When every exposed key had an outcome; null while the departure is open.</param>
/// <param name="Outcome"><c>nothing-exposed</c> when no key is exposed; else null, and <paramref name="Results"/> counts.</param>
/// <param name="KeyCount">The number of exposed keys.</param>
/// <param name="Results">
/// How many keys have each result; <c>waiting</c> counts those without one. Only <c>rotated</c> means that a key was rotated.
/// </param>
public sealed record DepartureSummary(
    string Departure,
    string Person,
    DateTimeOffset NoticedAt,
    bool Confirmed,
    bool Hostile,
    DateTimeOffset? AssessedAt,
    DateTimeOffset? EndedAt,
    OutcomeView? Outcome,
    int KeyCount,
    IReadOnlyDictionary<string, int> Results
)
{
    private const string Waiting = "waiting";

    private static readonly JsonSerializerOptions Names = new() { Converters = { new JsonStringEnumConverter<RotationOutcome>() } };

    public static DepartureSummary Of(DepartureHistory history)
    {
        var departure = history.Departure;
        return new(
            departure.Id,
            departure.PersonId,
            departure.NoticedAt,
            departure.Confirmed,
            departure.Hostile,
            departure.AssessedAt,
            departure.SettledAt,
            history.IsNothingExposed ? OutcomeView.NothingExposed(departure.AssessedAt!.Value) : null,
            history.Keys.Count,
            history
                .Keys.GroupBy(k => ResultOf(k, departure.Cause), StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal)
        );
    }

    private static string ResultOf(ExposedKey key, string cause) =>
        key.Responses.FirstOrDefault(r => string.Equals(r.Cause.Cause, cause, StringComparison.Ordinal))?.Cause.Outcome is { } outcome
            ? JsonSerializer.SerializeToElement(outcome, Names).GetString()!
            : Waiting;
}
