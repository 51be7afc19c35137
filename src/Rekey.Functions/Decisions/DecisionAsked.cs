using Rekey.Decisions;

namespace Rekey.Functions.Decisions;

/// <summary>A decision that was asked for: an approver answers it.</summary>
/// <param name="Decision">Its id.</param>
/// <param name="PlanHash">What an answer must repeat.</param>
/// <param name="Statement">What will happen on yes and on no.</param>
/// <param name="ExpiresAt">When the time to answer is over.</param>
public sealed record DecisionAsked(string Decision, string PlanHash, string Statement, DateTimeOffset ExpiresAt)
{
    public static IResult Of(Decision decision) =>
        Results.Json(
            new DecisionAsked(decision.Id, decision.PlanHash, decision.Statement, decision.ExpiresAt),
            statusCode: StatusCodes.Status202Accepted
        );
}
