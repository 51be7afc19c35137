using Microsoft.AspNetCore.Mvc;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Rotations.Outcomes;
using Rekey.Trust;

namespace Rekey.Functions.Rotations;

/// <summary>
/// HTTP: gives one rotation as the ledger has it, with its causes and their outcomes. The id is that of the key with <c>~</c> and the
/// number of its rotation. A later rotation of the key does not change it.
/// </summary>
public sealed class GetRotationFunction(RotationLedger onRecord, TrustOptions trust)
{
    [Function("GetRotation"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<RotationView>(StatusCodes.Status200OK)]
    [Problem(404, "unknown-rotation")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "rotations/" + RouteIds.Id)] HttpRequest request
    )
    {
        var recorded = await onRecord.ReadAsync(request.HttpContext.RequestAborted);
        return recorded.FindRotation(request.RouteId()) is { } rotation
            ? Results.Json(RotationView.Of(rotation, trust, recorded.CausesOf(rotation)))
            : throw new BadInputException(
                "unknown-rotation",
                "There is no such rotation, or it has not begun. The id is <vault>~<key>~<number>, such as kv-prod.vault.azure.net~shop~3. "
                    + "`GET /rotations` lists them.",
                StatusCodes.Status404NotFound
            );
    }
}
