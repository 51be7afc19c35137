namespace Rekey.Decisions.Answers;

/// <summary>An approver's answer.</summary>
/// <param name="PlanHash">Repeats the hash that the approver read, so that they do not approve what has changed since.</param>
/// <param name="Answerer">Object id from the caller's validated token.</param>
public sealed record ApproverAnswer(string DecisionId, bool Approve, string PlanHash, string Answerer, string? Reason);
