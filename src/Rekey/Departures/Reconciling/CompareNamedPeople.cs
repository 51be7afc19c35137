using Rekey.Ledgers.Records;

namespace Rekey.Departures.Reconciling;

/// <summary>Opens departures of accounts that were closed before the first run, where some reason of exposure names the person.</summary>
public sealed class CompareNamedPeople(
    IExposedPeople exposed,
    ReadChangedAccounts readChanged,
    ILedgerRecords<Person> people,
    ILedgerRecords<Departure> departures,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    public async Task RunAsync(KnownAccounts known, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (known.FirstAt is null || (known.NamedAt is { } last && now - last < ReconcileDepartures.Daily))
        {
            return;
        }

        var (named, isComplete) = await exposed.ReadAsync(cancellationToken);
        var onRecord = await KnownPeople.ReadAsync(people, departures, cancellationToken);
        foreach (var person in named.Where(p => known.Closed.Contains(p) && onRecord.FindConfirmed(options.TenantId, p) is null))
        {
            known.ToRead.TryAdd(
                person,
                new(person, $"{ReconcileDepartures.Named}/{now:yyyy-MM-dd}", now, IsClosedAgain: false, IsNews: true)
            );
        }

        await readChanged.RunAsync(known, cancellationToken);
        (known.NamedAt, known.IsChanged) = (isComplete ? now : known.NamedAt, true);
    }
}
