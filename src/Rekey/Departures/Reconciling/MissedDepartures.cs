using System.Globalization;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Ledgers.Records;

namespace Rekey.Departures.Reconciling;

/// <summary>Reports departures of which no event came: the channel of events may be broken.</summary>
public sealed class MissedDepartures(
    ILedgerRecords<Person> people,
    ILedgerRecords<Departure> departures,
    IFindings findings,
    TimeProvider timeProvider
)
{
    /// <summary>The channel that missed them: the queue of Graph's change events.</summary>
    public const string Channel = "user-changes";

    /// <summary>How long an event may take. Most come within minutes; reconciliation may be faster than a slow one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>How long a missed event is reported anew. The finding closes later, when none was missed for a time.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromDays(1);

    /// <summary>Raises the finding, if a departure of the last day was found without an event.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var known = (await KnownPeople.ReadAsync(people, departures, cancellationToken)).Departures;
        var missed = known.Where(d => IsMissed(d, now)).OrderBy(d => d.NoticedAt).ThenBy(d => d.Id, StringComparer.Ordinal).ToList();
        if (missed.Count == 0)
        {
            return;
        }

        var latest = missed.MaxBy(d => d.NoticedAt - d.Sources[0].At)!;
        await findings.RaiseAsync(
            new(
                FindingKinds.DepartureMissed,
                Channel,
                Severity.High,
                $"No event came about {missed.Count} departures of the last day. Reconciliation found them later.",
                "Check that the Graph subscription exists and is not expired, that its partner topic is activated, and that Event Grid's "
                    + "dead letters (container event-dead-letters of the evidence account) are empty. Until then Rekey learns of a "
                    + "departure only at the next reconciliation.",
                Facts.Of(
                    ("channel", Channel),
                    ("departures", string.Join(' ', missed.TakeLast(20).Select(d => d.Id))),
                    ("missed", missed.Count.ToString(CultureInfo.InvariantCulture)),
                    ("foundBy", string.Join(' ', missed.Select(d => d.Sources[0].EventId.Split('/')[0]).Distinct().Order())),
                    ("longestDelay", (latest.NoticedAt - latest.Sources[0].At).ToString("c", CultureInfo.InvariantCulture)),
                    ("latestDeparture", latest.Id)
                ),
                missed[0].NoticedAt,
                now
            )
            {
                Milestone = missed[^1].NoticedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            },
            cancellationToken
        );
    }

    private static bool IsMissed(Departure departure, DateTimeOffset now) =>
        departure.NoticedAt <= now - Patience
        && departure.NoticedAt > now - Patience - Recent
        && departure.Sources is [{ Source: ReconcileDepartures.Source } first, ..]
        && !first.EventId.StartsWith(ReconcileDepartures.Named, StringComparison.Ordinal)
        && !first.EventId.StartsWith(ReconcileDepartures.Earlier, StringComparison.Ordinal)
        && departure.Sources.All(s => s.Source == ReconcileDepartures.Source);
}
