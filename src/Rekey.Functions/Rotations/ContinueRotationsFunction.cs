using Rekey.Functions.Wire;
using Rekey.Stopping;

namespace Rekey.Functions.Rotations;

/// <summary>Timer: continues unfinished departures, rotations whose next step is due, and cut-offs; looks again at departures; starts
/// rotations by age, and settles decisions that were left open. It reports that Rekey is stopped.</summary>
public sealed class ContinueRotationsFunction(
    UnfinishedWork unfinished,
    QuestionsAndFindings questions,
    StopAndStart stop,
    KillSwitch killSwitch,
    RunParts parts,
    RunTrigger trigger
)
{
    private const string Name = "ContinueRotations";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("*/30 * * * * *", UseMonitor = false)] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, deadline => parts.RunAsync(Parts(), deadline), cancellationToken);

    private IEnumerable<(string What, Func<CancellationToken, Task> Act)> Parts()
    {
        // 1. Report the kill switch. While it cannot be read, it counts as on.
        var stopped = true;
        yield return ("the kill switch", async c =>
        {
            stopped = await killSwitch.IsStoppedAsync(c);
            await stop.ReportAsync(c);
        });

        // 2. Questions are asked and answered while Rekey is stopped; silence carries nothing out then.
        foreach (var part in stopped ? [] : unfinished.Parts)
        {
            yield return part;
        }

        foreach (var part in questions.Parts(silenceCounts: !stopped))
        {
            yield return part;
        }
    }
}
