using System.Text.Json.Serialization;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures.Reading;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Decisions;

/// <summary>A decision that an approver makes.</summary>
/// <param name="Kind">The kind of decision, such as <c>rotate</c>.</param>
/// <param name="About">The key, vault or departure.</param>
/// <param name="Statement">What approval and decline will do.</param>
/// <param name="PlanHash">The hash that an answer must repeat, so that a plan that changed since is not approved by accident.</param>
/// <param name="ExpiresAt">When the decision expires, unless it is held.</param>
/// <param name="OnExpiry">What happens when no one answers in time.</param>
/// <param name="AnsweredBy">Object id of the approver; null while it is open.</param>
/// <param name="AnsweredAt">When it was answered or withdrawn.</param>
/// <param name="Reason">The approver's reason.</param>
/// <param name="FirstAnsweredBy">Object id of an approver who answered, and whose own departure is reported and not confirmed: the
/// decision waits for the same answer by a second approver.</param>
/// <param name="Facts">The facts about it when it was read; the statement begins with them.</param>
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
    string? Reason,
    string? FirstAnsweredBy,
    QuestionFactsView Facts
)
{
    private const string NoWords =
        "The text of this decision is not available. Rekey deletes it 30 days after the decision is over. If the decision is "
        + "still open, its row was deleted or altered, and it cannot be answered. Rekey asks again by itself where it still "
        + "needs the answer.";

    public static DecisionView Of(Decision d, QuestionFacts facts, DateTimeOffset now) =>
        new(
            d.Id,
            d.Kind,
            d.About,
            $"{QuestionWords.Of(facts)} {(d.Statement.Length > 0 ? d.Statement : NoWords)}".Trim(),
            facts.PlanHash,
            d.StateAt(now),
            d.AskedAt,
            d.ExpiresAt,
            d.OnExpiry,
            d.AnsweredBy,
            d.AnsweredAt,
            d.Reason,
            d.FirstAnsweredBy,
            QuestionFactsView.Of(facts)
        );

    internal static BadInputException Refused(AnswerRefusal refusal) =>
        refusal switch
        {
            AnswerRefusal.NotFound => new(
                "unknown-decision",
                "There is no such decision. `GET /decisions` lists the open ones.",
                StatusCodes.Status404NotFound
            ),
            AnswerRefusal.PlanChanged => new(
                "plan-changed",
                "The plan has changed since it was read. Read the decision again and answer with its planHash.",
                StatusCodes.Status409Conflict
            ),
            AnswerRefusal.AlreadyAnswered => new("already-answered", "Another answer was given already.", StatusCodes.Status409Conflict),
            AnswerRefusal.Withdrawn => new(
                "withdrawn",
                "Rekey took the question back, because nothing was left to decide. `GET /decisions/{id}` says why.",
                StatusCodes.Status409Conflict
            ),
            AnswerRefusal.Expired => new("expired", "The decision has expired.", StatusCodes.Status409Conflict),
            AnswerRefusal.InitiatorMayNotApprove => new(
                "initiator-may-not-approve",
                "The person who caused this decision cannot answer it. Ask another approver.",
                StatusCodes.Status403Forbidden
            ),
            AnswerRefusal.DepartureIsOpen => new(
                "departure-is-open",
                "A departure of this person, or of the approver who asked, is open. Neither may start Rekey: two other approvers must.",
                StatusCodes.Status403Forbidden
            ),
            _ => new(
                "actor-is-leaving",
                "The directory confirmed this person's departure, so they cannot answer decisions.",
                StatusCodes.Status403Forbidden
            ),
        };
}
