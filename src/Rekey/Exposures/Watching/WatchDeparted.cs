using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures;
using Rekey.Departures.Watching;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;

namespace Rekey.Exposures.Watching;

/// <summary>
/// Watches people who have left, until nothing that they know is in reach: what they do, and what is done by applications that they can act
/// as, is a finding. A key that they used or took is rotated (T14). A run may end at any line; the next one sees the same rows again.
/// </summary>
public sealed class WatchDeparted(
    ILedgerRecords<Departure> departures,
    WatchLogs logs,
    BeginWatch begin,
    JudgeActs judge,
    EndWatch end,
    RunLedger runs,
    TimeProvider timeProvider
)
{
    /// <summary>How far the logs are read again: rows arrive late, and arrival times are approximate.</summary>
    internal static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    /// <exception cref="RetryLaterException">A log or the directory cannot be reached, or another process changed a departure.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!logs.IsSet)
        {
            return;
        }

        var failures = new Failures();
        CannotContinueException? refused = null;
        try
        {
            await WatchAsync(failures, cancellationToken);
        }
        catch (CannotContinueException e)
        {
            refused = e;
        }

        if (refused is not null)
        {
            await logs.ReportAsync(refused, cancellationToken);
        }
        else if (failures.Count == 0)
        {
            await runs.RanAsync(RunLedger.Watch, [], cancellationToken);
        }

        failures.Throw();
    }

    private async Task WatchAsync(Failures failures, CancellationToken cancellationToken)
    {
        // 1. Whether every log has rows.
        await logs.CheckAsync(cancellationToken);

        // 2. Who is watched. A person who is back is not; a departure that is new is, from now on.
        var now = timeProvider.GetUtcNow();
        var all = await departures.ListAsync("departure", cancellationToken).ToListAsync(cancellationToken);
        var watched = new List<Versioned<Departure>>();
        foreach (var read in all.Where(d => d.Value.Watch?.IsOpen ?? BeginWatch.IsNew(d.Value, now)))
        {
            if (await begin.IsGoneAsync(read.Value, cancellationToken))
            {
                watched.Add(read);
            }
            else if (read.Value.Watch is not null)
            {
                var hasLeftAgain = all.Any(d =>
                    d.Value.PersonId == read.Value.PersonId
                    && d.Value is { Confirmed: true } other
                    && other.TenantId == read.Value.TenantId
                    && other.Epoch > read.Value.Epoch
                );
                await failures.TryAsync(() => end.WhileBackAsync(read, hasLeftAgain, cancellationToken));
            }
        }

        if (watched.Count == 0)
        {
            return;
        }

        // 3. What each of them can act as.
        var watches = new List<(Versioned<Departure> Read, DepartureWatch Watch)>();
        foreach (var read in watched)
        {
            watches.Add((read, read.Value.Watch ?? await begin.BeginAsync(read.Value, now, cancellationToken)));
        }

        // 4. The rows that arrived since the last run, or since the accounts of new ones were closed.
        var last = await runs.FindAsync(RunLedger.Watch, cancellationToken);
        var since = watched.Where(d => d.Value.Watch is null || last is null).Min(d => (DateTimeOffset?)d.Value.AccessEndedAt);
        var from = last is null || since < last ? since!.Value : last.Value;
        var acts = (
            await logs.ActsAsync(
                watches.SelectMany(w => w.Watch.Reach.Select(r => r.Id).Prepend(w.Read.Value.PersonId.ToLowerInvariant())).ToHashSet(),
                from - Overlap,
                cancellationToken
            )
        ).ToLookup(a => a.Principal, StringComparer.Ordinal);

        // 5. What follows, for each of them; and whether it is over.
        var everyone = new ExposureInquiry(personId: null, now, []);
        foreach (var (read, watch) in watches)
        {
            await failures.TryAsync(async () =>
            {
                var judged = await judge.JudgeAsync(read, watch, acts, cancellationToken);
                await end.TryAsync(judged, everyone, cancellationToken);
            });
        }
    }
}
