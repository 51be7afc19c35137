using Microsoft.AspNetCore.Mvc;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.Lists;
using Rekey.Rotations;
using Rekey.Rotations.Outcomes;
using Rekey.Trust;

namespace Rekey.Functions.Rotations;

/// <summary>
/// HTTP: lists the rotations that have begun, the newest first, as the ledger has them. A request that waits for an answer is a decision,
/// and one that was declined is in its departure.
/// </summary>
public sealed class ListRotationsFunction(RotationLedger onRecord, TrustOptions trust)
{
    [Function("ListRotations"), Authorize(Roles = Roles.Viewers), Paged]
    [ProducesResponseType<RotationPage>(StatusCodes.Status200OK)]
    [Query("key", "The id of a key, or its name: only its rotations.", Example = "shop")]
    [Query("state", "A state of rotations, such as `Stuck`: only these.", Example = "Verified")]
    [Query("result", "`rotated`, `cancelled`, or `running` while there is none.", Example = "rotated")]
    [Query("since", "A time such as `2026-11-30T10:00:00Z`: only rotations that began since then.", Example = "2026-11-30")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "rotations")] HttpRequest request)
    {
        var list = new ListRequest(request);
        var (key, since) = (list.Text("key"), list.Time("since"));
        var (state, result) = (list.Choice<RotationState>("state"), list.Choice("result", "rotated", "cancelled", "running"));
        var recorded = await onRecord.ReadAsync(request.HttpContext.RequestAborted);
        var (page, next) = list.Page(
            recorded
                .All.Where(r => key is null || KeyFilter.Names(r.Key, key))
                .Where(r => state is null || r.State == state)
                .Where(r => result is null || result == (RotationView.ResultOf(r)?.ToString().ToLowerInvariant() ?? "running"))
                .Where(r => since is null || r.StartedAt >= since),
            r => ListRequest.NewestFirst(r.StartedAt ?? DateTimeOffset.MinValue, r.RouteId)
        );
        return Results.Json(new RotationPage(page.Select(r => RotationView.Of(r, trust, recorded.CausesOf(r))), next));
    }
}
