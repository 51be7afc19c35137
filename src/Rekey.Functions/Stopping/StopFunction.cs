using Microsoft.AspNetCore.Mvc;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Stopping;

namespace Rekey.Functions.Stopping;

/// <summary>
/// HTTP: stops Rekey at once, in every instance. It begins no rotation, block, removal or cut-off until two approvers start it. It
/// refuses a person with an open departure. Repeating it is harmless.
/// </summary>
public sealed class StopFunction(StopAndStart stop)
{
    [Function("Stop"), Authorize(Roles = Roles.Operator)]
    [ProducesResponseType<StopView>(StatusCodes.Status200OK)]
    [Problem(403, "no-object-id", "departure-is-open")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "stop")] HttpRequest request)
    {
        var (caller, cancel) = (request.HttpContext.User.ObjectId(), request.HttpContext.RequestAborted);
        return await stop.StopAsync(caller, cancel) is { } stopped ? Results.Json(StopView.Of(stopped)) : throw DepartureIsOpen();
    }

    /// <summary>The refusal of a person with an open departure.</summary>
    internal static BadInputException DepartureIsOpen() =>
        new(
            "departure-is-open",
            "A departure of this person is open, so they can neither stop nor start Rekey. Ask another person with the role.",
            StatusCodes.Status403Forbidden
        );
}
