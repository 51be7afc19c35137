namespace Rekey.Functions.Decisions;

/// <summary>An approver's answer.</summary>
/// <param name="Answer"><c>approve</c> or <c>decline</c>.</param>
/// <param name="PlanHash">As read with the decision: what has changed since cannot be approved by accident.</param>
internal sealed record DecideRequest(string Answer, string PlanHash, string? Reason = null);
