using Rekey.Decisions;

namespace Rekey.Functions.Decisions;

/// <summary>A decision that waits for an approver.</summary>
/// <param name="Decision">Its id.</param>
/// <param name="PlanHash">The hash that an answer must repeat.</param>
/// <param name="Statement">What approval and decline will do.</param>
/// <param name="ExpiresAt">When the decision expires.</param>
public sealed record DecisionAsked(string Decision, string PlanHash, string Statement, DateTimeOffset ExpiresAt)
{
    public static IResult Of(Decision decision) =>
        Results.Json(
            new DecisionAsked(decision.Id, decision.PlanHash, decision.Statement, decision.ExpiresAt),
            statusCode: StatusCodes.Status202Accepted
        );
}
