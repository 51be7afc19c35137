using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Departures.CuttingOff;
using Rekey.Exposures.LookingAgain;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Functions.Wire;
using Rekey.Rotations.Outcomes;
using Rekey.Rotations.Planning;
using Rekey.Stopping;

namespace Rekey.Functions.Rotations;

/// <summary>Timer: continues unfinished departures, rotations whose next step is due, and cut-offs; looks again at departures; starts
/// rotations by age, and settles decisions that were left open. It reports that Rekey is stopped.</summary>
public sealed class ContinueRotationsFunction(
    ResumeDepartures departures,
    CutOffPerson cutOff,
    LookAgain lookAgain,
    ResumeDueRotations rotations,
    RotateByAge byAge,
    SettleDecisions decisions,
    EndedTokens endedTokens,
    ObservedResponses observed,
    CloseQuietFindings quiet,
    StopAndStart stop,
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
        // 1. Report the kill switch. While it cannot be read, it counts as on.
        var failures = new Failures();
        var stopped = true;
        await failures.TryAsync(() =>
            findings.ReportRefusalAsync(
                "the kill switch",
                async c =>
                {
                    stopped = await killSwitch.IsStoppedAsync(c);
                    await stop.ReportAsync(c);
                },
                timeProvider,
                cancellationToken
            )
        );

        // 2. Questions are asked and answered while Rekey is stopped; silence carries nothing out then.
        (string What, Func<CancellationToken, Task> Act)[] parts =
        [
            .. stopped
                ? []
                : new (string, Func<CancellationToken, Task>)[]
                {
                    ("departures", departures.RunAsync),
                    ("rotations", rotations.RunAsync),
                    ("rotations by age", byAge.RunAsync),
                    ("cut-offs", cutOff.RunAsync),
                    ("second looks", lookAgain.RunAsync),
                },
            ("decisions", c => decisions.RunAsync(c, silenceCounts: !stopped)),
            ("ended tokens", endedTokens.CloseAsync),
            ("observed responses", observed.RunAsync),
            ("quiet findings", quiet.RunAsync),
        ];
        foreach (var (what, act) in parts)
        {
            // The rest was done. The timer retries in half a minute, so one finding reports this, not a dead letter each time.
            await failures.TryAsync(() => findings.ReportRefusalAsync(what, act, timeProvider, cancellationToken));
        }

        failures.Throw();
    }
}
