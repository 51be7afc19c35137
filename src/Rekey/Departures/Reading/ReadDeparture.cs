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

        return DepartureHistory.Of(departure, await rotations.ReadAsync(cancellationToken));
    }
}
