namespace Rekey.Decisions;

/// <summary>An answer as the ledger has it.</summary>
/// <param name="PlanHash">What was answered: an answer to other words is none.</param>
/// <param name="ReasonHash">Of the approver's words; empty when there were none.</param>
public sealed record RecordedAnswer(
    string DecisionId,
    DecisionState State,
    string By,
    string PlanHash,
    string ReasonHash,
    DateTimeOffset At
)
{
    /// <summary>The decision with this answer in it.</summary>
    /// <param name="reason">What may be the approver's words: they are kept in a row, and count if the ledger has their hash.</param>
    public Decision To(Decision decision, string? reason) =>
        decision with
        {
            State = State,
            AnsweredBy = By,
            AnsweredAt = At,
            Reason = string.Equals(AskForDecision.ReasonHashOf(DecisionId, reason), ReasonHash, StringComparison.Ordinal) ? reason : null,
        };
}
