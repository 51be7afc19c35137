using Rekey.Core;
using Rekey.Departures.Feed;
using Rekey.Functions.Wire;
using Rekey.Watchdogs;

namespace Rekey.Functions.Watchdogs;

/// <summary>
/// Timer: checks by the ledger alone that departures, rotations, decisions, revocations and regular tasks are carried out, and that the
/// departure feed lives. Its findings reach the log without tables or queues. While the ledger cannot be read, it logs that.
/// </summary>
public sealed class WatchdogFunction(
    Watchdog watchdog,
    WatchFeed feed,
    RunTrigger trigger,
    TimeProvider timeProvider,
    ILogger<WatchdogFunction> log
)
{
    private const string Name = "Watchdog";

    /// <summary>How often it logs that the ledger cannot be read.</summary>
    private static readonly TimeSpan SayAgain = TimeSpan.FromHours(1);

    private DateTimeOffset? _blindSince;
    private DateTimeOffset? _saidAt;

    [Function(Name)]
    public Task RunAsync([TimerTrigger("50 * * * * *", UseMonitor = false)] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, LookAsync, cancellationToken);

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            // One that fails does not keep the other from running.
            var failures = new Failures();
            await failures.TryAsync(() => watchdog.RunAsync(cancellationToken));
            await failures.TryAsync(() => feed.RunAsync(cancellationToken));
            failures.Throw();
            (_blindSince, _saidAt) = (null, null);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            var now = timeProvider.GetUtcNow();
            _blindSince ??= now;
            if (now - _blindSince >= Watchdog.Patience && !(now - _saidAt < SayAgain))
            {
                _saidAt = now;

                // The alert rule matches these words.
                log.LogError(
                    "Critical finding: Since {Since} Rekey cannot check whether departures are carried out: the ledger cannot be read or "
                        + "written. Check the evidence account. {Message}",
                    _blindSince,
                    e.Message
                );
            }

            throw e as RetryLaterException ?? new RetryLaterException(e.Message, inner: e);
        }
    }
}
