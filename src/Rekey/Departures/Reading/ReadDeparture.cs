using Rekey.Core.Records;
using Rekey.Rotations.Outcomes;

namespace Rekey.Departures.Reading;

/// <summary>Reads a departure and its own rotations from the ledger. Later rotations of the same keys do not show in it.</summary>
public sealed class ReadDeparture(IRecords<Departure> departures, RotationLedger rotations)
{
    /// <summary>The departure; null when there is none with this id.</summary>
    public async Task<DepartureHistory?> FindAsync(string departureId, CancellationToken cancellationToken)
    {
        if (await departures.FindAsync("departure", departureId, cancellationToken) is not { Value: var departure })
        {
            return null;
        }

        var recorded = await rotations.ReadAsync(cancellationToken);
        var responses = departure
            .EarlierCauses.Append(departure.Cause)
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
