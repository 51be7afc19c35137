using Microsoft.AspNetCore.Mvc;
using Rekey.Core;
using Rekey.Decisions.Answers;
using Rekey.Departures;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Trust;

namespace Rekey.Functions.Departures;

/// <summary>
/// HTTP: takes a report of a departure. Only operators may call it hostile or name keys. A person whose departure the directory confirmed
/// may not report any.
/// </summary>
public sealed class ReportDepartureFunction(
    RecordDeparture notice,
    IActorStanding standing,
    GovernedKeys governedKeys,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    private const string Name = "ReportDeparture";

    [Function(Name), Authorize(Roles = $"{Roles.DepartureReporter},{Roles.Operator}")]
    [Consumes(typeof(DepartRequest), "application/json")]
    [ProducesResponseType<DepartureAccepted>(StatusCodes.Status202Accepted)]
    [Problem(400, "bad-reference"), Problem(403, "operators-only", "no-object-id", "actor-is-leaving"), Problem(404, "unknown-person")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "departures")] HttpRequest request)
    {
        var cancel = request.HttpContext.RequestAborted;
        var report = await StrictBody.ReadAsync<DepartRequest>(request, cancel);

        // 1. Check what the caller may report.
        var caller = request.HttpContext.User;
        if ((report.Hostile || report.Keys is { Count: > 0 }) && !caller.IsInRole(Roles.Operator))
        {
            throw new BadInputException(
                "operators-only",
                "Only an Operator may call a departure hostile or name keys.",
                StatusCodes.Status403Forbidden
            );
        }

        var reporter = caller.ObjectId();
        if (await standing.IsDepartedAsync(reporter, cancel))
        {
            throw new BadInputException(
                "actor-is-leaving",
                "The directory confirmed this caller's departure, so they cannot report departures.",
                StatusCodes.Status403Forbidden
            );
        }

        if (report.Reference is { Length: 0 or > 128 })
        {
            throw new BadInputException("bad-reference", "The reference must be 1 to 128 characters.");
        }

        if (report.Keys?.Any(k => k is null) is true)
        {
            throw new BadInputException("malformed-json", "A key is null.");
        }

        var keys = (report.Keys ?? []).Select(k => governedKeys.Find(k.ToLowerInvariant()).Key.Id).ToList();

        // 2. Ask the directory, then record the departure.
        var reference = report.Reference ?? StableId.Of("depart", reporter, report.PersonId.ToString(), $"{timeProvider.GetUtcNow():O}");
        var source = new DepartureSource(Name, reference, timeProvider.GetUtcNow(), reporter);
        var result = await notice.NoticeAsync(
            new(options.TenantId, report.PersonId, source, IsObservation: false, report.Hostile) { NamedKeys = keys },
            cancel
        );
        if (result.Departure is not { } departure)
        {
            throw new BadInputException(
                "unknown-person",
                $"The directory has no person {report.PersonId}, not even among the deleted ones. Check the object id.",
                StatusCodes.Status404NotFound
            );
        }

        return Results.Json(new DepartureAccepted(departure.Id, departure.Confirmed), statusCode: StatusCodes.Status202Accepted);
    }
}
