using Rekey.Decisions;
using Rekey.Findings.Record;
using Rekey.Rotations.Outcomes;

namespace Rekey.Functions.Rotations;

/// <summary>What the timer does also while Rekey is stopped: it settles questions, and closes findings that are over.</summary>
public sealed class QuestionsAndFindings(
    SettleDecisions decisions,
    EndedTokens endedTokens,
    ObservedResponses observed,
    CloseQuietFindings quiet
)
{
    /// <param name="silenceCounts">Whether a deadline that has passed may carry something out.</param>
    public IReadOnlyList<(string What, Func<CancellationToken, Task> Act)> Parts(bool silenceCounts) =>
        [
            ("decisions", c => decisions.RunAsync(c, silenceCounts)),
            ("ended tokens", endedTokens.CloseAsync),
            ("observed responses", observed.RunAsync),
            ("quiet findings", quiet.RunAsync),
        ];
}
