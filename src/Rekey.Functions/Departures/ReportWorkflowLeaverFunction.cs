using Microsoft.AspNetCore.Mvc;
using Rekey.Core;
using Rekey.Decisions.Answers;
using Rekey.Departures;
using Rekey.Functions.Departures.Workflows;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Departures;

/// <summary>
/// HTTP: takes a leaver from a Lifecycle Workflow of Entra ID Governance. The Logic App of a custom task extension ("launch and continue")
/// posts what it received, with its managed identity. It can set neither keys nor hostile.
/// </summary>
public sealed class ReportWorkflowLeaverFunction(
    RecordDeparture notice,
    IActorStanding standing,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    private const string Name = "ReportWorkflowLeaver";

    [Function(Name), Authorize(Roles = Roles.DepartureReporter)]
    [Consumes(typeof(WorkflowCallout), "application/json")]
    [ProducesResponseType<DepartureAccepted>(StatusCodes.Status202Accepted)]
    [Problem(403, "no-object-id", "actor-is-leaving"), Problem(404, "unknown-person")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "workflows/leavers")] HttpRequest request
    )
    {
        var cancel = request.HttpContext.RequestAborted;
        var callout = await WorkflowCallout.ReadAsync(request, cancel);
        var reporter = request.HttpContext.User.ObjectId();
        if (await standing.IsDepartedAsync(reporter, cancel))
        {
            throw new BadInputException(
                "actor-is-leaving",
                "The directory confirmed this caller's departure, so they cannot report departures.",
                StatusCodes.Status403Forbidden
            );
        }

        var person = callout.Data.Subject.Id;
        var now = timeProvider.GetUtcNow();
        var reference = callout.Data.TaskProcessingResult?.Id is { Length: > 0 and <= 128 } run
            ? run
            : StableId.Of("workflow", reporter, $"{person}", $"{now:O}");
        var result = await notice.NoticeAsync(
            new(options.TenantId, person, new(Name, reference, now, reporter), IsObservation: false, Hostile: false),
            cancel
        );
        return result.Departure is { } departure
            ? Results.Json(new DepartureAccepted(departure.Id, departure.Confirmed), statusCode: StatusCodes.Status202Accepted)
            : throw new BadInputException(
                "unknown-person",
                $"The directory has no person {person}, not even among the deleted ones.",
                StatusCodes.Status404NotFound
            );
    }
}
