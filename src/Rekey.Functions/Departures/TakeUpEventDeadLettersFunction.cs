using Rekey.Findings;
using Rekey.Functions.Departures.Feed;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Departures;

/// <summary>Timer: takes up the events about accounts that Event Grid could not deliver.</summary>
public sealed class TakeUpEventDeadLettersFunction(
    TakeUpEventDeadLetters deadLetters,
    IFindings findings,
    TimeProvider timeProvider,
    RunTrigger trigger
)
{
    private const string Name = TakeUpEventDeadLetters.Function;

    [Function(Name)]
    public Task RunAsync([TimerTrigger("40 */5 * * * *", UseMonitor = false)] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(
            Name,
            deadline => findings.ReportRefusalAsync(Name, deadLetters.RunAsync, timeProvider, deadline),
            cancellationToken
        );
}
