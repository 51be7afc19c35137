using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures.Directory;
using Rekey.Ledgers.Records;
using Rekey.Messaging;

namespace Rekey.Departures;

/// <summary>
/// Turns a notice into a departure, or finds that it is none. It asks the directory first. A duplicate enqueues a departure again that is
/// not yet assessed.
/// </summary>
public sealed class RecordDeparture(
    IDirectory directory,
    ILedgerRecords<Person> people,
    ILedgerRecords<Departure> departures,
    IWorkQueue queue,
    TimeProvider timeProvider
)
{
    private const int MaxSources = 40;

    public async Task<NoticeResult> NoticeAsync(DepartureReport notice, CancellationToken cancellationToken)
    {
        // 1. Ask the directory.
        var personId = notice.PersonId.ToString();
        var standing = await directory.ReadAsync(notice.PersonId, cancellationToken);
        var person = await people.FindAsync("person", Person.RowOf(notice.TenantId, personId), cancellationToken);
        if (standing is PersonStanding.Unknown && person is null && !notice.Existed)
        {
            return new(NoticeOutcome.UnknownPerson, Departure: null);
        }

        // 2. The account is enabled: an earlier departure is over, the next one is another. Running rotations go on.
        if (standing is PersonStanding.Enabled && notice.IsObservation)
        {
            await MoveEpochAsync(person, cancellationToken);
            return new(NoticeOutcome.NotDeparted, Departure: null);
        }

        // 3. Keep one departure per epoch, with all its sources.
        var epoch = (person ?? await AddPersonAsync(notice.TenantId, personId, cancellationToken)).Value.Epoch;
        var departure = await AttachAsync(notice, personId, epoch, confirmed: standing is not PersonStanding.Enabled, cancellationToken);

        // 4. Enqueue it unless it was assessed. This also covers one that was saved and never enqueued.
        if (departure.AssessedAt is null)
        {
            await queue.EnqueueDepartureAsync(departure.Id, delay: null, cancellationToken);
        }

        return new(NoticeOutcome.Departed, departure);
    }

    private async Task MoveEpochAsync(Versioned<Person>? person, CancellationToken cancellationToken)
    {
        // A person who was never seen closed has not come back: an asserted departure stays until the directory confirms it.
        if (
            person is null
            || await departures.FindAsync(
                "departure",
                Departure.IdOf(person.Value.TenantId, person.Value.PersonId, person.Value.Epoch),
                cancellationToken
            )
                is not { Value.Confirmed: true }
        )
        {
            return;
        }

        // A lost race means that another worker moved it: once is right.
        await people.ReplaceAsync(
            person,
            person.Value with
            {
                Epoch = person.Value.Epoch + 1,
            },
            DepartureEvents.EnabledAgain(person.Value),
            cancellationToken
        );
    }

    private async Task<Versioned<Person>> AddPersonAsync(string tenantId, string personId, CancellationToken cancellationToken) =>
        await people.InsertAsync(new(tenantId, personId, Epoch: 1), cancellationToken)
        ?? await people.FindAsync("person", Person.RowOf(tenantId, personId), cancellationToken)
        ?? throw new RetryLaterException("A person's record came and went.");

    private async Task<Departure> AttachAsync(
        DepartureReport notice,
        string personId,
        int epoch,
        bool confirmed,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var id = Departure.IdOf(notice.TenantId, personId, epoch);
            var now = timeProvider.GetUtcNow();
            if (await departures.FindAsync("departure", id, cancellationToken) is not { } read)
            {
                var noticed = new Departure(notice.TenantId, personId, epoch, now, notice.AccessEndedAt ?? now)
                {
                    Sources = [notice.Source],
                    Confirmed = confirmed,
                    ConfirmedAt = confirmed ? now : null,
                    Hostile = notice.Hostile,
                    NamedKeys = notice.NamedKeys,
                };
                if (
                    await departures.InsertAsync(noticed, DepartureEvents.Noticed(noticed, notice.Source), cancellationToken) is
                    { } inserted
                )
                {
                    return inserted.Value;
                }

                continue;
            }

            var attached = Attach(read.Value, notice, confirmed, now);
            if (attached == read.Value)
            {
                return read.Value;
            }

            if (
                await departures.ReplaceAsync(read, attached, DepartureEvents.SourceAdded(attached, notice.Source), cancellationToken) is
                { } saved
            )
            {
                return saved.Value;
            }
        }
    }

    /// <summary>
    /// Adds a source. If it makes things worse (the directory confirms, a source calls it hostile or names a key, the account was open in
    /// between), the departure is assessed again, also when it was over.
    /// </summary>
    /// <remarks>
    /// The first and the last sources are kept. Otherwise a feed that repeats itself would outgrow the row and hold up the decisive source.
    /// </remarks>
    internal static Departure Attach(Departure departure, DepartureReport notice, bool confirmed, DateTimeOffset now)
    {
        // Add the reporter too: a person who repeats another's reference and adds to it is an initiator too, and must not approve it (T13).
        var known = departure.Sources.Any(s =>
            s.Source == notice.Source.Source && s.EventId == notice.Source.EventId && s.Reporter == notice.Source.Reporter
        );
        var isClosedAgain = notice.IsClosedAgain && confirmed && departure.Confirmed && !known;
        var worse =
            (confirmed && !departure.Confirmed)
            || isClosedAgain
            || (notice.Hostile && !departure.Hostile)
            || notice.NamedKeys.Except(departure.NamedKeys, StringComparer.Ordinal).Any();
        if (!worse && (known || departure.Sources.Count >= MaxSources))
        {
            return departure;
        }

        var attached = departure with
        {
            Sources = known
                ? departure.Sources
                :
                [
                    .. departure.Sources.Take(MaxSources / 2),
                    .. departure.Sources.Skip(MaxSources / 2).TakeLast((MaxSources / 2) - 1),
                    notice.Source,
                ],
            Confirmed = departure.Confirmed || confirmed,
            ConfirmedAt = worse && (departure.Confirmed || confirmed) ? now : departure.ConfirmedAt,
            Hostile = departure.Hostile || notice.Hostile,
            NamedKeys = [.. departure.NamedKeys.Union(notice.NamedKeys, StringComparer.Ordinal)],
            AccessEndedAt = isClosedAgain || (confirmed && !departure.Confirmed) ? now : departure.AccessEndedAt,
        };

        // Use another cause even before the first assessment: one that is under way, or crashed, may have asked about the earlier facts.
        return worse
            ? attached with
            {
                Revision = departure.Revision + 1,
                AssessedAt = null,
                SettledAt = null,
                LookedAgainAt = null,
                Looks = 0,
                NextLookAt = null,
            }
            : attached;
    }
}
