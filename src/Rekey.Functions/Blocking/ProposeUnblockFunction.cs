using Microsoft.AspNetCore.Mvc;
using Rekey.Blocking.Proposals;
using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Decisions;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Blocking;

/// <summary>HTTP: proposes the end of a block, which an approver decides.</summary>
public sealed class ProposeUnblockFunction(ProposeBlock propose)
{
    [Function("ProposeUnblock"), Authorize(Roles = Roles.Operator)]
    [ProducesResponseType<DecisionAsked>(StatusCodes.Status202Accepted)]
    [Query("reason", "The reason for the approver, 1 to 512 characters.", IsRequired = true)]
    [Problem(400, "bad-reason"), Problem(403, "no-object-id"), Problem(404, "unknown-block")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "blocks/" + RouteIds.Id)] HttpRequest request
    )
    {
        var (id, context) = (request.RouteId(), request.HttpContext);
        var reason = BlockReason.Checked(request.Query["reason"]);
        return DecisionAsked.Of(
            await propose.UnblockAsync(id, reason, context.User.ObjectId(), context.RequestAborted) ?? throw BlockView.Unknown(id)
        );
    }
}
