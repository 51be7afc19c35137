using Rekey.Core.Records;
using Rekey.Decisions.Answers;

namespace Rekey.Departures;

/// <summary>
/// A person of whom the directory says that they are gone decides nothing, although their token may live on for an hour. Who was only
/// reported decides on: else whoever may report departures could silence every approver. Not about themselves: each is among those who set
/// their own departure's questions off.
/// </summary>
public sealed class DepartedActors(IRecords<Person> people, IRecords<Departure> departures, string tenantId) : IActorStanding
{
    public async Task<bool> IsDepartedAsync(string personId, CancellationToken cancellationToken) =>
        await people.FindAsync("person", Person.RowOf(tenantId, personId), cancellationToken) is { Value: var person }
        && await departures.FindAsync("departure", Departure.IdOf(tenantId, personId, person.Epoch), cancellationToken)
            is { Value.Confirmed: true };
}
