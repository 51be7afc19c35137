using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Findings;
using Rekey.Functions.Wire;
using Rekey.Rotations.Planning;

namespace Rekey.Functions.Rotations;

/// <summary>Timer: continues unfinished departures and rotations whose next step is due, starts rotations by age, and settles decisions
/// that were left open.</summary>
public sealed class ContinueRotationsFunction(
    ResumeDepartures departures,
    ResumeDueRotations rotations,
    RotateByAge byAge,
    SettleDecisions decisions,
    IFindings findings,
    KillSwitch killSwitch,
    TimeProvider timeProvider,
    RunTrigger trigger
)
{
    private const string Name = "ContinueRotations";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("*/30 * * * * *", UseMonitor = false)] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, ContinueAsync, cancellationToken);

    private async Task ContinueAsync(CancellationToken cancellationToken)
    {
        if (killSwitch.Stopped)
        {
            return;
        }

        (string What, Func<CancellationToken, Task> Act)[] parts =
        [
            ("departures", departures.RunAsync),
            ("rotations", rotations.RunAsync),
            ("rotations by age", byAge.RunAsync),
            ("decisions", decisions.RunAsync),
        ];
        var failures = new Failures();
        foreach (var (what, act) in parts)
        {
            // The rest was done. The timer retries in half a minute, so one finding reports this, not a dead letter each time.
            await failures.TryAsync(() => findings.ReportRefusalAsync(what, act, timeProvider, cancellationToken));
        }

        failures.Throw();
    }
}
