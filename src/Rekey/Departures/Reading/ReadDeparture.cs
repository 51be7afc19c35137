using Rekey.Ledgers.Records;
using Rekey.Rotations.Outcomes;

namespace Rekey.Departures.Reading;

/// <summary>Reads a departure and its own rotations from the ledger. Later rotations of the same keys do not show in it.</summary>
public sealed class ReadDeparture(ILedgerRecords<Departure> departures, RotationLedger rotations)
{
    /// <summary>All departures, in no order.</summary>
    public async Task<IReadOnlyList<Departure>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await departures.ReadAsync("departure", cancellationToken)).Select(d => d.Value)];

    /// <summary>The departure; null when there is none with this id.</summary>
    public async Task<DepartureHistory?> FindAsync(string departureId, CancellationToken cancellationToken) =>
        await departures.FindAsync("departure", departureId, cancellationToken) is { Value: var departure }
            ? await ReadAsync(departure, cancellationToken)
            : null;

    /// <summary>A departure with what became of each key.</summary>
    public async Task<DepartureHistory> ReadAsync(Departure departure, CancellationToken cancellationToken) =>
        DepartureHistory.Of(departure, await rotations.ReadAsync(cancellationToken));
}
