using Microsoft.AspNetCore.Mvc;
using Rekey.Blocking.Record;
using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Blocking;

/// <summary>HTTP: gives one entry of the blocklist.</summary>
public sealed class GetBlockFunction(ReadBlocklist reader, TimeProvider timeProvider)
{
    [Function("GetBlock"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<BlockView>(StatusCodes.Status200OK)]
    [Problem(404, "unknown-block"), Problem(422, "blocklist-unreadable")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blocks/" + RouteIds.Id)] HttpRequest request
    )
    {
        var id = request.RouteId();
        var list = await reader.ReadAsync(request.HttpContext.RequestAborted);
        return list.Find(id, timeProvider.GetUtcNow()) is { } entry ? Results.Json(BlockView.Of(entry)) : throw BlockView.Unknown(id);
    }
}
