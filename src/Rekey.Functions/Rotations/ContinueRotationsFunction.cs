using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Functions.Wire;
using Rekey.Offboarding;
using Rekey.Rotations;

namespace Rekey.Functions.Rotations;

/// <summary>Timer: takes up every departure that is not finished and every rotation whose next step has come due; starts those by age;
/// settles decisions that were left open.</summary>
public sealed class ContinueRotationsFunction(
    TakeUpDepartures departures, TakeUpDueRotations rotations, RotateByAge byAge, SettleDecisions decisions, IFindings findings,
    Switchboard switchboard, TimeProvider clock,
    RunTrigger trigger)
{
    private const string Name = "ContinueRotations";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("*/30 * * * * *", UseMonitor = false)] string timer, CancellationToken cancel) =>
        trigger.RunAsync(Name, ContinueAsync, cancel);

    private async Task ContinueAsync(CancellationToken cancel)
    {
        if (switchboard.Stopped)
        {
            return;
        }

        (string What, Func<CancellationToken, Task> Act)[] parts =
            [("departures", departures.RunAsync), ("rotations", rotations.RunAsync), ("rotations by age", byAge.RunAsync),
                ("decisions", decisions.RunAsync)];
        var failures = new Failures();
        foreach (var (what, act) in parts)
        {
            // What could be done was done. The timer comes again in half a minute: one finding says it, not a dead letter each time.
            await failures.TryAsync(() => findings.ReportRefusalAsync(what, act, clock, cancel));
        }

        failures.Throw();
    }
}
