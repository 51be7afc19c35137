using Microsoft.AspNetCore.Mvc;
using Rekey.Compliance;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures.Reading;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Decisions;

/// <summary>
/// HTTP: takes an approver's answer to a decision and carries it out. It refuses the person who caused the decision, the person whose
/// departure it is about, and a person whose departure the directory confirmed. The answer of a person whose departure is only reported
/// waits for the same answer by a second approver (202).
/// </summary>
public sealed class AnswerDecisionFunction(
    AnswerDecision answers,
    SettleDecisions settle,
    IRecords<Decision> decisions,
    DecisionLedger onRecord,
    ReadQuestion questions,
    AcceptLedgerForCheckpoints acceptances,
    TimeProvider timeProvider
)
{
    [Function("AnswerDecision"), Authorize(Roles = Roles.Approver)]
    [Consumes(typeof(DecideRequest), "application/json")]
    [ProducesResponseType<DecisionView>(StatusCodes.Status200OK)]
    [ProducesResponseType<DecisionView>(StatusCodes.Status202Accepted)]
    [
        Problem(400, "bad-answer", "bad-reason"),
        Problem(403, "no-object-id", "initiator-may-not-approve", "actor-is-leaving", "departure-is-open")
    ]
    [Problem(404, "unknown-decision"), Problem(409, "plan-changed", "already-answered", "expired", "withdrawn")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "decisions/" + RouteIds.Id)] HttpRequest request
    )
    {
        var (id, cancel) = (request.RouteId(), request.HttpContext.RequestAborted);
        var answer = await StrictBody.ReadAsync<DecideRequest>(request, cancel);
        var answerer = request.HttpContext.User.ObjectId();
        var approve = answer.Answer switch
        {
            "approve" => true,
            "decline" => false,
            _ => throw new BadInputException("bad-answer", "The answer must be 'approve' or 'decline'."),
        };
        if (answer.Reason is { Length: > 1024 })
        {
            throw new BadInputException("bad-reason", "The reason must not be longer than 1024 characters.");
        }

        // The hash covers the versions that a yes ends now: if they changed since the approver read them, the answer is refused.
        var (row, _) = await decisions.FindReadableAsync("decision", id, cancel);
        var hash = (await onRecord.ReadAsync(cancel)).Of(id, row) is { } asked
            ? await questions.AnsweredHashAsync(asked, answer.PlanHash, cancel)
            : answer.PlanHash;
        var outcome = await answers.AnswerAsync(new(id, approve, hash, answerer, answer.Reason), cancel);
        if (outcome.Refusal is { } refusal)
        {
            throw DecisionView.Refused(refusal);
        }

        var decision = outcome.Decision!;
        await settle.CarryOutAsync(decision, cancel);
        await acceptances.SignAsync(decision, cancel);
        return Results.Json(
            DecisionView.Of(decision, await questions.ReadAsync(decision, cancel), timeProvider.GetUtcNow()),
            statusCode: decision.State is DecisionState.Pending ? StatusCodes.Status202Accepted : StatusCodes.Status200OK
        );
    }
}
