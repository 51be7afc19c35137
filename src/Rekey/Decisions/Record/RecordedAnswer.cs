namespace Rekey.Decisions.Record;

/// <summary>An answer on record.</summary>
/// <param name="PlanHash">Hash of the answered words: an answer to other words does not count.</param>
/// <param name="ReasonHash">Hash of the approver's words; empty when there were none.</param>
public sealed record RecordedAnswer(
    string DecisionId,
    DecisionState State,
    string By,
    string PlanHash,
    string ReasonHash,
    DateTimeOffset At
)
{
    /// <summary>The decision with this answer.</summary>
    /// <param name="reason">The approver's words from the row; they count only if the ledger has their hash.</param>
    public Decision To(Decision decision, string? reason) =>
        decision with
        {
            State = State,
            AnsweredBy = By,
            AnsweredAt = At,
            Reason = string.Equals(AskForDecision.ReasonHashOf(DecisionId, reason), ReasonHash, StringComparison.Ordinal) ? reason : null,
        };
}
