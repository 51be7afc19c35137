namespace Rekey.Functions.Decisions;

/// <summary>An approver's answer.</summary>
/// <param name="Answer"><c>approve</c> or <c>decline</c>.</param>
/// <param name="PlanHash">The hash read with the decision, so that a plan that changed since is not approved by accident.</param>
internal sealed record DecideRequest(string Answer, string PlanHash, string? Reason = null);
