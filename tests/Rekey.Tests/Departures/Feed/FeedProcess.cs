using Rekey.Core;
using Rekey.Departures.Feed;
using Rekey.Ledgers;

namespace Rekey.Tests.Departures.Feed;

/// <summary>One process: the timer that renews, and the watch.</summary>
public sealed record FeedProcess(RenewSubscription Renew, WatchFeed Watch, RunLedger Runs)
{
    /// <summary>Runs the timer, as the host does: a failure ends the run alone.</summary>
    public async Task TickAsync()
    {
        try
        {
            await Renew.RunAsync(default);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            // The next run tries again.
        }
    }

    /// <summary>An event about an account arrives.</summary>
    public Task EventAsync() => Runs.RanAsync(RunLedger.UserChanges, [], default);
}
