using Rekey.Ledgers.Records;

namespace Rekey.Departures.Reconciling;

/// <summary>The people and departures in the ledger, read once for a run.</summary>
internal sealed class KnownPeople
{
    private readonly Dictionary<string, Person> _people;
    private readonly Dictionary<string, Departure> _departures;

    private KnownPeople(IEnumerable<Person> people, IEnumerable<Departure> departures) =>
        (_people, _departures) = (
            people.ToDictionary(p => p.Row, StringComparer.Ordinal),
            departures.ToDictionary(d => d.Id, StringComparer.Ordinal)
        );

    public IReadOnlyCollection<Departure> Departures => _departures.Values;

    public static async Task<KnownPeople> ReadAsync(
        ILedgerRecords<Person> people,
        ILedgerRecords<Departure> departures,
        CancellationToken cancellationToken
    ) =>
        new(
            (await people.ReadAsync("person", cancellationToken)).Select(p => p.Value),
            (await departures.ReadAsync("departure", cancellationToken)).Select(d => d.Value)
        );

    /// <summary>Whether there is a record of this person.</summary>
    public bool Has(string tenantId, Guid personId) => _people.ContainsKey(Person.RowOf(tenantId, personId.ToString()));

    /// <summary>Whether the audit logs have shown acts of this person.</summary>
    public bool IsAudited(string tenantId, Guid personId) =>
        _people.GetValueOrDefault(Person.RowOf(tenantId, personId.ToString()))?.Audited is not null;

    /// <summary>The confirmed departure of the person's present epoch; null when there is none.</summary>
    public Departure? FindConfirmed(string tenantId, Guid personId)
    {
        var id = personId.ToString();
        return
            _people.GetValueOrDefault(Person.RowOf(tenantId, id)) is { } person
            && _departures.GetValueOrDefault(Departure.IdOf(tenantId, id, person.Epoch)) is { Confirmed: true } departure
            ? departure
            : null;
    }
}
