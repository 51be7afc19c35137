using Microsoft.AspNetCore.Mvc;
using Rekey.Decisions.Answers;
using Rekey.Findings.Record;
using Rekey.Functions.Blocking;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Findings;

/// <summary>
/// HTTP: acknowledges an open finding, with a reason and until when. It stays open. It is reported again when it is seen after that time,
/// becomes worse or reaches its next milestone.
/// </summary>
public sealed class AcknowledgeFindingFunction(AcknowledgeFinding acknowledge, IActorStanding standing)
{
    [Function("AcknowledgeFinding"), Authorize(Roles = Roles.Operator)]
    [Consumes(typeof(AcknowledgeRequest), "application/json")]
    [ProducesResponseType<FindingView>(StatusCodes.Status200OK)]
    [Problem(400, "bad-reason", "bad-until"), Problem(403, "no-object-id", "departure-is-open")]
    [Problem(404, "unknown-finding")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "findings/" + RouteIds.Id + "/acknowledge")] HttpRequest request
    )
    {
        var (id, cancel) = (request.RouteId(), request.HttpContext.RequestAborted);
        var by = request.HttpContext.User.ObjectId();
        var body = await StrictBody.ReadAsync<AcknowledgeRequest>(request, cancel);
        if (await standing.HasOpenDepartureAsync(by, cancel))
        {
            // The finding may be about what this person took.
            throw new BadInputException(
                "departure-is-open",
                "A departure of this person is open, so they cannot acknowledge a finding. Ask another operator.",
                StatusCodes.Status403Forbidden
            );
        }

        try
        {
            return await acknowledge.AcknowledgeAsync(id, BlockReason.Checked(body.Reason), body.Until, by, cancel) is { } finding
                ? Results.Json(FindingView.Of(finding))
                : throw new BadInputException(
                    "unknown-finding",
                    $"There is no open finding '{id}'. `GET /findings` lists the open ones.",
                    StatusCodes.Status404NotFound
                );
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new BadInputException("bad-until", "'until' must be in the future, and at most 30 days from now.");
        }
    }
}
