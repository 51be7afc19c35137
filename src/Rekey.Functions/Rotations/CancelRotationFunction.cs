using Microsoft.AspNetCore.Mvc;
using Rekey.Departures.Cancelling;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Rotations;

namespace Rekey.Functions.Rotations;

/// <summary>
/// HTTP: cancels a rotation until trust in its old versions ends, in every mode. The old versions stay trusted, and the new one stays and
/// becomes current. The id is that of the key with <c>~</c> and the number of its rotation. It refuses the person who leaves, the one who
/// reported it and the one who approved it, a person with an open departure, and rotations for a hostile departure or proven forgery.
/// </summary>
public sealed class CancelRotationFunction(CancelRotation cancel)
{
    [Function("CancelRotation"), Authorize(Roles = Roles.Approver)]
    [ProducesResponseType<CancelledView>(StatusCodes.Status200OK)]
    [Problem(403, "no-object-id", "initiator-may-not-cancel", "departure-is-open"), Problem(404, "unknown-rotation")]
    [Problem(409, "not-started", "hostile-departure", "proven-forgery", "cannot-be-undone")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "rotations/" + RouteIds.Id + "/cancel")] HttpRequest request
    )
    {
        var http = request.HttpContext;
        var outcome = await cancel.CancelAsync(request.RouteId(), http.User.ObjectId(), http.RequestAborted);
        return outcome.Refusal is { } refusal
            ? throw Refused(refusal, request.RouteId(), outcome.Rotation)
            : Results.Json(CancelledView.Of(outcome.Rotation!));
    }

    private static BadInputException Refused(CancelRefusal refusal, string id, Rotation? rotation) =>
        refusal switch
        {
            CancelRefusal.NotFound => new(
                "unknown-rotation",
                "There is no such rotation. The id is <vault>~<key>~<number>, such as kv-prod.vault.azure.net~shop~3. "
                    + "`GET /rotations` lists them.",
                StatusCodes.Status404NotFound
            ),
            CancelRefusal.StartedByCaller => new(
                "initiator-may-not-cancel",
                "This person caused or approved the rotation. Ask another approver.",
                StatusCodes.Status403Forbidden
            ),
            CancelRefusal.DepartureIsOpen => new(
                "departure-is-open",
                "A departure of this person is open, so they cannot cancel a rotation. Ask another approver.",
                StatusCodes.Status403Forbidden
            ),
            CancelRefusal.NotStarted => new(
                "not-started",
                "The rotation has not begun: it waits for an answer. Decline that question instead. `GET /decisions` lists it.",
                StatusCodes.Status409Conflict
            ),
            CancelRefusal.Hostile => new(
                "hostile-departure",
                "The departure is hostile: the key counts as stolen, and the rotation goes on.",
                StatusCodes.Status409Conflict
            ),
            CancelRefusal.Forged => new(
                "proven-forgery",
                "Tokens were forged with this key: the rotation goes on.",
                StatusCodes.Status409Conflict
            ),
            _ => new(
                "cannot-be-undone",
                $"{When(id, rotation)} This cannot be undone: "
                    + "every caller with a token that an old version signed must sign in again. How many callers that are is unknown: "
                    + "Rekey does not count the live tokens of a key. Count the issuances under the old kids in the log of the issuer.",
                StatusCodes.Status409Conflict
            ),
        };

    private static string When(string id, Rotation? rotation) =>
        rotation?.RouteId != id
            ? "The rotation is over, and a later one of this key has begun."
            : $"Trust in the old versions has ended{(rotation.TrustEndingAt is { } at ? $" at {at:u}" : "")}.";
}
