using Rekey.Rotations.Outcomes;

namespace Rekey.Departures.Reading;

/// <summary>A departure with the rotations that it ordered. Once a rotation has ended, its part never changes.</summary>
public sealed record DepartureHistory(Departure Departure, IReadOnlyList<ExposedKey> Keys)
{
    /// <summary>Whether it was assessed and no governed key was exposed.</summary>
    public bool IsNothingExposed => Departure.AssessedAt is not null && Keys.Count == 0;

    /// <summary>Joins a departure with what the ledger has about its causes.</summary>
    public static DepartureHistory Of(Departure departure, RecordedRotations recorded)
    {
        var responses = departure
            .EarlierCauses.Append(departure.Cause)
            .SelectMany(c => new[] { c, Departure.SecondCauseOf(c) })
            .Concat(Enumerable.Range(1, departure.Watch?.Keys.Max(k => (int?)k.Orders) ?? 0).Select(departure.UseCauseOf))
            .SelectMany(recorded.Of)
            .ToLookup(c => c.KeyId, StringComparer.Ordinal);
        var keys = departure.Plan.Select(p => p.KeyId).Union(responses.Select(r => r.Key), StringComparer.Ordinal);
        return new(
            departure,
            [
                .. keys.Select(key => new ExposedKey(
                    key,
                    departure.Plan.FirstOrDefault(p => string.Equals(p.KeyId, key, StringComparison.Ordinal)),
                    [.. responses[key].Select(c => new KeyResponse(c, recorded.RotationOf(c)))]
                )),
            ]
        );
    }
}
