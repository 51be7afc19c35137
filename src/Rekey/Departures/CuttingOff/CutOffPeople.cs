using Rekey.Ledgers.Records;
using Rekey.VaultAccess;

namespace Rekey.Departures.CuttingOff;

/// <summary>The people who are cut off and have not come back, by the ledger.</summary>
public sealed class CutOffPeople(ILedgerRecords<Departure> departures, ILedgerRecords<Person> people) : ICutOffPeople
{
    public async Task<IReadOnlySet<string>> ReadAsync(CancellationToken cancellationToken)
    {
        var cutOff = (await departures.ReadAsync("departure", cancellationToken))
            .Select(d => d.Value)
            .Where(d => d.CutOff is { IsBack: false })
            .ToList();
        if (cutOff.Count == 0)
        {
            return new HashSet<string>();
        }

        // The epoch moves when the person is seen enabled again: the departure is over then.
        var epochs = (await people.ReadAsync("person", cancellationToken)).ToDictionary(
            p => p.Value.Row,
            p => p.Value.Epoch,
            StringComparer.OrdinalIgnoreCase
        );
        return cutOff
            .Where(d => epochs.TryGetValue(Person.RowOf(d.TenantId, d.PersonId), out var epoch) && epoch == d.Epoch)
            .Select(d => d.PersonId)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }
}
