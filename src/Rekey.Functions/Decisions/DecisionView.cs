using System.Text.Json.Serialization;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Decisions;

/// <summary>A question that a person answers.</summary>
/// <param name="Kind">What is asked, such as <c>rotate</c>.</param>
/// <param name="About">The key, vault or departure.</param>
/// <param name="Statement">What will happen on yes and on no.</param>
/// <param name="PlanHash">What an answer must repeat: what has changed since cannot be approved by accident.</param>
/// <param name="ExpiresAt">When the time to answer is over.</param>
/// <param name="OnExpiry">What silence means.</param>
/// <param name="AnsweredBy">Object id of who answered; null while nobody has.</param>
/// <param name="Reason">As the approver gave it.</param>
public sealed record DecisionView(
    string Id,
    string Kind,
    string About,
    string Statement,
    string PlanHash,
    [property: JsonConverter(typeof(JsonStringEnumConverter<DecisionState>))] DecisionState State,
    DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt,
    [property: JsonConverter(typeof(JsonStringEnumConverter<OnExpiry>))] OnExpiry OnExpiry,
    string? AnsweredBy,
    DateTimeOffset? AnsweredAt,
    string? Reason
)
{
    private const string NoWords =
        "The words of this question are kept for 30 days after it is over. If it is still open, somebody has "
        + "deleted or altered them: it cannot be answered until Rekey asks it again in its words, which it does by "
        + "itself where something still needs the answer.";

    public static DecisionView Of(Decision d, DateTimeOffset now) =>
        new(
            d.Id,
            d.Kind,
            d.About,
            d.Statement.Length > 0 ? d.Statement : NoWords,
            d.PlanHash,
            d.StateAt(now),
            d.AskedAt,
            d.ExpiresAt,
            d.OnExpiry,
            d.AnsweredBy,
            d.AnsweredAt,
            d.Reason
        );

    internal static BadInputException Refused(AnswerRefusal refusal) =>
        refusal switch
        {
            AnswerRefusal.NotFound => new("unknown-decision", "There is no such decision.", StatusCodes.Status404NotFound),
            AnswerRefusal.PlanChanged => new(
                "plan-changed",
                "The plan is not the one that was read: read the decision again.",
                StatusCodes.Status409Conflict
            ),
            AnswerRefusal.AlreadyAnswered => new("already-answered", "Somebody has answered it otherwise.", StatusCodes.Status409Conflict),
            AnswerRefusal.Expired => new("expired", "The time to answer is over.", StatusCodes.Status409Conflict),
            AnswerRefusal.InitiatorMayNotApprove => new(
                "initiator-may-not-approve",
                "Who set it off cannot decide it.",
                StatusCodes.Status403Forbidden
            ),
            _ => new(
                "actor-is-leaving",
                "Somebody who has left, as the directory confirmed, decides nothing.",
                StatusCodes.Status403Forbidden
            ),
        };
}
