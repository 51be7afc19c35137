using Rekey.Departures.Directory;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Ledgers.Records;

namespace Rekey.Departures.Reconciling;

/// <summary>
/// Compares accounts of the directory with what is known, and finds those that must be read: closed ones without a departure, and open
/// ones with a departure.
/// </summary>
public sealed class CompareAccounts(ILedgerRecords<Person> people, ILedgerRecords<Departure> departures, DepartureOptions options)
{
    /// <summary>How long a change may stay out of the pages of changes. A departure that was noticed so shortly before a pass is the same
    /// change.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromHours(1);

    /// <summary>Takes the rows of a page.</summary>
    public async Task TakeAsync(KnownAccounts known, IReadOnlyList<AccountRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        known.IsChanged = true;
        var onRecord = await KnownPeople.ReadAsync(people, departures, cancellationToken);
        foreach (var row in rows)
        {
            if (row.Standing is { } standing)
            {
                Take(known, row.PersonId, standing, onRecord);
            }
            else if (known.Stage is PassStage.Changes && known.Closed.Contains(row.PersonId))
            {
                known.ToRead.TryAdd(row.PersonId, News(known, row.PersonId) with { IsNews = false });
            }
        }
    }

    private void Take(KnownAccounts known, Guid person, PersonStanding standing, KnownPeople onRecord)
    {
        var closed = known.Stage is PassStage.Changes ? known.Closed : known.Found;
        var departure = onRecord.FindConfirmed(options.TenantId, person);
        if (standing is PersonStanding.Enabled)
        {
            closed.Remove(person);
            known.ToRead.Remove(person);
            if (departure is not null)
            {
                known.ToRead[person] = News(known, person);
            }

            return;
        }

        // That an account which was closed before is deleted is no news, nor that a pass over all accounts finds it. Before the first pass
        // nothing is known about any. A person on record without a departure was open since.
        var isNews =
            known.Closed.Contains(person) && !onRecord.Has(options.TenantId, person)
                ? known.Stage is PassStage.Changes && standing is PersonStanding.Disabled
                : known.FirstAt is not null;
        closed.Add(person);
        if (departure is null && isNews)
        {
            known.ToRead[person] = News(known, person);
        }
        else if (
            departure is not null
            && standing is PersonStanding.Disabled
            && known is { Stage: PassStage.Changes, Since: { } since }
            && departure.AccessEndedAt < since - Lag
            && !onRecord.IsAudited(options.TenantId, person)
        )
        {
            // It was closed long before, and has changed: it was open in between. Where there are audit logs, they show that.
            known.ToRead[person] = News(known, person) with { IsClosedAgain = true };
        }
    }

    private static AccountToRead News(KnownAccounts known, Guid person) =>
        new(
            person,
            $"{(known.Stage is PassStage.Changes ? "changes" : "all")}/{known.BeganAt:yyyy-MM-ddTHH:mm:ssZ}",
            known.Since ?? known.BeganAt!.Value,
            IsClosedAgain: false,
            IsNews: true
        );
}
