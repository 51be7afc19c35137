using Rekey.Blocking;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Blocking;

/// <summary>HTTP: asks for a decision to unblock.</summary>
public sealed class ProposeUnblockFunction(ProposeBlock propose)
{
    [Function("ProposeUnblock"), Authorize(Roles = Roles.Operator)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "blocks/" + RouteIds.Id)] HttpRequest request)
    {
        var (id, context) = (request.RouteId(), request.HttpContext);
        var reason = BlockReason.Checked(request.Query["reason"]);
        return BlockView.Asked(await propose.UnblockAsync(id, reason, context.User.ObjectId(), context.RequestAborted)
            ?? throw BlockView.Unknown(id));
    }
}
