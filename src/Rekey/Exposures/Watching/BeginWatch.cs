using Rekey.Core.Records;
using Rekey.Departures;
using Rekey.Departures.Watching;
using Rekey.Exposures.Audit;

namespace Rekey.Exposures.Watching;

/// <summary>Begins the watch over a person who has left and is not back: it finds the applications that they can act as.</summary>
public sealed class BeginWatch(IRecords<Person> people, AuditReading audit, WatchLogs logs, DepartureOptions options)
{
    /// <summary>Departures that are older when the first run sees them are not watched: they left before there was a watch.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(30);

    /// <summary>Whether a watch over this departure is to begin.</summary>
    public static bool IsNew(Departure departure, DateTimeOffset now) =>
        departure is { Confirmed: true, Watch: null } && departure.AccessEndedAt > now - Oldest;

    public async Task<bool> IsGoneAsync(Departure departure, CancellationToken cancellationToken) =>
        await people.FindAsync("person", Person.RowOf(departure.TenantId, departure.PersonId), cancellationToken) is { Value: var person }
        && person.Epoch == departure.Epoch;

    public async Task<DepartureWatch> BeginAsync(Departure departure, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var controlled = await audit.ControlledAsync(new(departure.PersonId, departure.AccessEndedAt, []), cancellationToken);
        if (controlled.Count > DepartureWatch.MaxReach)
        {
            await logs.ReportCrowdAsync(departure, controlled.Count, cancellationToken);
        }

        return new(now)
        {
            Reach =
            [
                .. controlled
                    .OrderBy(c => c.Key, StringComparer.Ordinal)
                    .Take(DepartureWatch.MaxReach)
                    .Select(c => new ReachedPrincipal(c.Key, c.Value, departure.TokensEndAt(options))),
            ],
        };
    }
}
