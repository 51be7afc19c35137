using Microsoft.AspNetCore.Mvc;
using Rekey.Functions.Blocking;
using Rekey.Functions.Decisions;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Stopping;

namespace Rekey.Functions.Stopping;

/// <summary>
/// HTTP: asks a second approver whether Rekey shall start again. Rekey starts when another approver approves that decision, and no
/// departure of either is open.
/// </summary>
public sealed class StartFunction(StopAndStart stop)
{
    [Function("Start"), Authorize(Roles = Roles.Approver)]
    [Consumes(typeof(StartRequest), "application/json")]
    [ProducesResponseType<DecisionAsked>(StatusCodes.Status202Accepted)]
    [Problem(400, "bad-reason"), Problem(403, "no-object-id", "departure-is-open"), Problem(422, "not-stopped")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start")] HttpRequest request)
    {
        var cancel = request.HttpContext.RequestAborted;
        var body = await StrictBody.ReadAsync<StartRequest>(request, cancel);
        var asked = await stop.AskToStartAsync(BlockReason.Checked(body.Reason), request.HttpContext.User.ObjectId(), cancel);
        return asked is null ? throw StopFunction.DepartureIsOpen() : DecisionAsked.Of(asked);
    }
}
