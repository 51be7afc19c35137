using Rekey.Decisions;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Decisions;

/// <summary>What the functions about decisions answer.</summary>
internal static class DecisionView
{
    private const string NoWords = "The words of this question are kept for 30 days after it is over. If it is still open, somebody has deleted or altered them: "
        + "it cannot be answered until Rekey asks it again in its words, which it does by itself where something still needs the answer.";

    public static object Of(Decision d, DateTimeOffset now) => new
    {
        d.Id,
        d.Kind,
        d.About,
        statement = d.Statement.Length > 0 ? d.Statement : NoWords,
        d.PlanHash,
        state = d.StateAt(now).ToString(),
        d.AskedAt,
        d.ExpiresAt,
        onExpiry = d.OnExpiry.ToString(),
        d.AnsweredBy,
        d.AnsweredAt,
        d.Reason,
    };

    public static BadInputException Refused(AnswerRefusal refusal) => refusal switch
    {
        AnswerRefusal.NotFound => new("unknown-decision", "There is no such decision.", StatusCodes.Status404NotFound),
        AnswerRefusal.PlanChanged => new(
            "plan-changed", "The plan is not the one that was read: read the decision again.", StatusCodes.Status409Conflict),
        AnswerRefusal.AlreadyAnswered => new("already-answered", "Somebody has answered it otherwise.", StatusCodes.Status409Conflict),
        AnswerRefusal.Expired => new("expired", "The time to answer is over.", StatusCodes.Status409Conflict),
        AnswerRefusal.InitiatorMayNotApprove =>
            new("initiator-may-not-approve", "Who set it off cannot decide it.", StatusCodes.Status403Forbidden),
        _ => new("actor-is-leaving", "Somebody who has left, as the directory confirmed, decides nothing.", StatusCodes.Status403Forbidden),
    };
}
