using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Ledgers.Records;
using Rekey.Messaging;

namespace Rekey.Departures.Reconciling;

/// <summary>
/// Replays what the audit logs say about one person. Each time the account was closed is a departure of its own, also one that no event
/// reported and that is over. Acts that were replayed before change nothing.
/// </summary>
public sealed class ReplayAccountActs(
    RecordDeparture record,
    ILedgerRecords<Person> people,
    ILedgerRecords<Departure> departures,
    IWorkQueue queue,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    /// <param name="acts">Acts of one person.</param>
    /// <param name="closedAt">The time of the last comparison, if the account was closed then. If no departure was noticed until then, the
    /// account was closed before the first comparison.</param>
    /// <param name="kind">The kind of source, before the act's id.</param>
    public async Task ReplayAsync(
        Guid personId,
        IEnumerable<AccountAct> acts,
        DateTimeOffset? closedAt,
        string kind,
        CancellationToken cancellationToken
    )
    {
        // 1. Count how often the account was closed and opened.
        var id = personId.ToString();
        var ordered = acts.OrderBy(a => a.At).ThenBy(a => a.Kind).ToList();
        var read = await people.FindAsync("person", Person.RowOf(options.TenantId, id), cancellationToken);
        var isOld =
            closedAt is { } at && read?.Value.Audited is null && await FindLastAsync(read?.Value, at.AddTicks(1), cancellationToken) == 0;
        var wasOld = isOld;
        var begin = read?.Value.Audited ?? await BeginAsync(read?.Value, ordered[0], isOld, cancellationToken);
        var (standing, closings) = (begin, new Dictionary<int, AccountAct>());
        foreach (var act in ordered.Where(a => a.At > begin.Until))
        {
            if (standing.IsClosed && !isOld)
            {
                // The directory may have shown it open before this act arrived: then its departure is not recorded yet.
                closings.TryAdd(standing.Epoch, act);
            }

            var next = act.After(standing);
            if (standing.IsClosed && !next.IsClosed)
            {
                // An account that was closed before the first comparison has no departure that could be over, unless an event made one.
                var isOver = !isOld || await FindLastAsync(read?.Value, act.At, cancellationToken) > 0;
                next = isOver ? next with { Epoch = next.Epoch + 1 } : next;
                isOld = false;
            }
            else if (!standing.IsClosed && next.IsClosed)
            {
                closings[next.Epoch] = act;
            }

            standing = next;
        }

        // An old account that was opened gets a record: the next run must not take its earlier acts for later ones.
        if (read is null && closings.Count == 0 && isOld == wasOld)
        {
            return;
        }

        // 2. Record the departures that are over and were not noticed. The account is open again, so a person decides.
        foreach (var (epoch, act) in closings.Where(c => c.Key < standing.Epoch))
        {
            await AddEndedAsync(id, epoch, SourceOf(act, kind), cancellationToken);
        }

        // 3. Save the epoch.
        var saved = await SaveAsync(read, id, standing, cancellationToken);

        // 4. The account is closed: the directory confirms it.
        if (standing.IsClosed)
        {
            await NoticeAsync(saved, personId, ordered[^1], kind, cancellationToken);
        }
    }

    /// <summary>The state before the first act that is replayed.</summary>
    private async Task<AuditedStanding> BeginAsync(Person? person, AccountAct first, bool isOld, CancellationToken cancellationToken)
    {
        if (isOld)
        {
            return new(1, IsDisabled: true, IsDeleted: first.Kind is AccountActKind.Restore, DateTimeOffset.MinValue);
        }

        var last = await FindLastAsync(person, first.At, cancellationToken);

        // Who is disabled was enabled before; who is deleted may have been disabled.
        return last == 0 ? new(1, IsDisabled: false, IsDeleted: false, DateTimeOffset.MinValue)
            : first.Kind is AccountActKind.Disable ? new(last + 1, IsDisabled: false, IsDeleted: false, DateTimeOffset.MinValue)
            : new(last, first.Kind is not AccountActKind.Restore, first.Kind is AccountActKind.Restore, DateTimeOffset.MinValue);
    }

    /// <summary>The last epoch whose departure was noticed before this time; 0 for none.</summary>
    private async Task<int> FindLastAsync(Person? person, DateTimeOffset before, CancellationToken cancellationToken)
    {
        for (var epoch = person?.Epoch ?? 0; epoch > 0; epoch--)
        {
            if (await FindAsync(person!.PersonId, epoch, cancellationToken) is { } departure && departure.NoticedAt < before)
            {
                return epoch;
            }
        }

        return 0;
    }

    private async Task AddEndedAsync(string personId, int epoch, DepartureSource source, CancellationToken cancellationToken)
    {
        if (await FindAsync(personId, epoch, cancellationToken) is not null)
        {
            return;
        }

        var now = timeProvider.GetUtcNow();
        var departure = new Departure(options.TenantId, personId, epoch, now, now) { Sources = [source] };
        if (await departures.InsertAsync(departure, DepartureEvents.Noticed(departure, source), cancellationToken) is not null)
        {
            await queue.EnqueueDepartureAsync(departure.Id, delay: null, cancellationToken);
        }
    }

    private async Task<Person> SaveAsync(
        Versioned<Person>? read,
        string personId,
        AuditedStanding standing,
        CancellationToken cancellationToken
    )
    {
        var person = read?.Value ?? new Person(options.TenantId, personId, Epoch: 1);
        var next = person with { Audited = standing, Epoch = Math.Max(person.Epoch, standing.Epoch) };
        if (next == person)
        {
            return person;
        }

        var saved =
            read is null ? await people.InsertAsync(next, cancellationToken)
            : next.Epoch > person.Epoch ? await people.ReplaceAsync(read, next, DepartureEvents.EnabledAgain(person), cancellationToken)
            : await people.ReplaceAsync(read, next, cancellationToken);
        return saved?.Value ?? throw new RetryLaterException("A person's record changed while their acts were replayed.");
    }

    private async Task NoticeAsync(Person person, Guid personId, AccountAct act, string kind, CancellationToken cancellationToken)
    {
        if (await FindAsync(person.PersonId, person.Epoch, cancellationToken) is { Confirmed: true })
        {
            return;
        }

        // An earlier departure may have been noticed at this very closing, when the closings before it were not known yet.
        var earlier = person.Epoch > 1 ? await FindAsync(person.PersonId, person.Epoch - 1, cancellationToken) : null;
        await record.NoticeAsync(
            new(options.TenantId, personId, SourceOf(act, kind), IsObservation: true, Hostile: false)
            {
                Existed = true,
                AccessEndedAt = earlier is { Confirmed: true } && earlier.NoticedAt >= act.At ? earlier.AccessEndedAt : null,
            },
            cancellationToken
        );
    }

    private async Task<Departure?> FindAsync(string personId, int epoch, CancellationToken cancellationToken) =>
        (await departures.FindAsync("departure", Departure.IdOf(options.TenantId, personId, epoch), cancellationToken))?.Value;

    private static DepartureSource SourceOf(AccountAct act, string kind) =>
        new(ReconcileDepartures.Source, $"{kind}/{act.Id}", act.At, Reporter: null);
}
