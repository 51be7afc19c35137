using Rekey.Decisions;

namespace Rekey.Offboarding;

/// <summary>
/// A person with an open departure decides nothing, although their token may live on for an hour. One that the directory confirmed is open for as
/// long as they are gone; one that was only told, until it is settled, or whoever may tell of departures could lock every approver out for good.
/// </summary>
public sealed class DepartedActors(IRecords<Person> people, IRecords<Departure> departures, string tenantId) : IActorStanding
{
    public async Task<bool> IsDepartedAsync(string personId, CancellationToken cancel) =>
        await people.FindAsync("person", Person.RowOf(tenantId, personId), cancel) is { Value: var person }
        && await departures.FindAsync("departure", Departure.IdOf(tenantId, personId, person.Epoch), cancel) is { Value: var departure }
        && (departure.Confirmed || departure.SettledAt is null);
}
