using Rekey.Core.Records;
using Rekey.Decisions.Answers;

namespace Rekey.Departures;

/// <summary>
/// Refuses decisions by a person whose departure the directory has confirmed, although their token may be valid for another hour. A
/// person who was only reported may still decide, with a second approver: otherwise a reporter could silence every approver. They cannot
/// decide about themselves: each is an initiator of the questions of their own departure.
/// </summary>
public sealed class DepartedActors(IRecords<Person> people, IRecords<Departure> departures, string tenantId) : IActorStanding
{
    public async Task<bool> IsDepartedAsync(string personId, CancellationToken cancellationToken) =>
        await FindAsync(personId, cancellationToken) is { Confirmed: true };

    public async Task<bool> IsReportedAsync(string personId, CancellationToken cancellationToken) =>
        await FindAsync(personId, cancellationToken) is { Confirmed: false, SettledAt: null };

    private async Task<Departure?> FindAsync(string personId, CancellationToken cancellationToken) =>
        await people.FindAsync("person", Person.RowOf(tenantId, personId), cancellationToken) is { Value: var person }
            ? (await departures.FindAsync("departure", Departure.IdOf(tenantId, personId, person.Epoch), cancellationToken))?.Value
            : null;
}
