using Rekey.Core;
using Rekey.Functions.Wire;
using Rekey.Watchdogs;

namespace Rekey.Functions.Watchdogs;

/// <summary>
/// Timer: looks by the ledger alone whether departures, rotations, questions, revocations and regular looks are carried out; its findings
/// reach the log without tables or queues. While the ledger cannot be read, the log has that.
/// </summary>
public sealed class WatchdogFunction(Watchdog watchdog, RunTrigger trigger, TimeProvider timeProvider, ILogger<WatchdogFunction> log)
{
    private const string Name = "Watchdog";

    /// <summary>How often the log has it that nobody can tell.</summary>
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
            await watchdog.RunAsync(cancellationToken);
            (_blindSince, _saidAt) = (null, null);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            var now = timeProvider.GetUtcNow();
            _blindSince ??= now;
            if (now - _blindSince >= Watchdog.Patience && !(now - _saidAt < SayAgain))
            {
                _saidAt = now;

                // The words that the alert rule looks for.
                log.LogError(
                    "Critical finding: Since {Since} nobody can tell whether departures are carried out: the ledger cannot be read or "
                        + "written. See the evidence account. {Message}",
                    _blindSince,
                    e.Message
                );
            }

            throw e as RetryLaterException ?? new RetryLaterException(e.Message, inner: e);
        }
    }
}
