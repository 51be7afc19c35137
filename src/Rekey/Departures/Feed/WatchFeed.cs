using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Findings;
using Rekey.Ledgers;

namespace Rekey.Departures.Feed;

/// <summary>
/// Checks by the ledger alone that the Graph subscription lives and that events arrive. It asks when the subscription was last renewed, so
/// that silence is not taken for health (T34).
/// </summary>
public sealed class WatchFeed(
    IRecords<FeedSubscription> records,
    RunLedger runs,
    DepartureOptions options,
    IFindings findings,
    TimeProvider timeProvider
)
{
    /// <summary>How long a new subscription may be without an event. People change an account to see that it works.</summary>
    public static readonly TimeSpan FirstEventWithin = TimeSpan.FromHours(1);

    /// <summary>Runs on the watchdog's timer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (
            !options.Feed.IsSet
            || (await records.FindAsync(FeedSubscription.Feed, ChangeSubscription.Users, cancellationToken))?.Value is not { } known
            || known is { Id: null, GoneAt: null }
        )
        {
            return;
        }

        var (now, failures) = (timeProvider.GetUtcNow(), new Failures());
        await failures.TryAsync(() =>
            SayAsync(FeedFindings.Ending(known, options.Feed, now), FeedFindings.EndingId, "The subscription lives.", cancellationToken)
        );
        var silent = await SilentAsync(known, now, cancellationToken);
        await failures.TryAsync(() => SayAsync(silent, FeedFindings.SilentId, "An event about an account arrived.", cancellationToken));
        failures.Throw();
    }

    private async Task<Finding?> SilentAsync(FeedSubscription known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What does not live is reported above.
        if (known.Id is null || known.EndsAt <= now)
        {
            return null;
        }

        // The ledger has a line an hour about events, and one from before the subscription says nothing about it.
        var last = await runs.FindAsync(RunLedger.UserChanges, cancellationToken);
        return last is null || last + RunLedger.Pulse < known.CreatedAt
            ? known.CreatedAt + FirstEventWithin <= now
                ? FeedFindings.Silent(known, last: null, options.Feed, now)
                : null
            : last + options.Feed.SilentAfter + RunLedger.Pulse <= now
                ? FeedFindings.Silent(known, last, options.Feed, now)
                : null;
    }

    private Task SayAsync(Finding? finding, string id, string over, CancellationToken cancellationToken) =>
        finding is not null ? findings.RaiseAsync(finding, cancellationToken) : findings.CloseAsync(id, over, cancellationToken);
}
