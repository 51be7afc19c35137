using Microsoft.AspNetCore.Mvc;
using Rekey.Departures.Cancelling;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Rotations;
using Rekey.Rotations.Tokens;

namespace Rekey.Functions.Rotations;

/// <summary>
/// HTTP: cancels a rotation until trust in its old versions ends, in every mode. The old versions stay trusted, and the new one stays and
/// becomes current. The id is that of the key with <c>~</c> and the number of its rotation. It refuses the person who leaves, the one who
/// reported it and the one who approved it, a person with an open departure, and rotations for a hostile departure or proven forgery.
/// </summary>
public sealed class CancelRotationFunction(CancelRotation cancel, TokensOfKeys tokens)
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
            ? throw Refused(refusal, request.RouteId(), outcome.Rotation, await EndedAsync(outcome, http.RequestAborted))
            : Results.Json(CancelledView.Of(outcome.Rotation!));
    }

    /// <summary>The live tokens that are refused already, where that is why it cannot be cancelled.</summary>
    private async Task<LiveTokenCount?> EndedAsync(CancelOutcome outcome, CancellationToken cancellationToken) =>
        outcome is { Refusal: CancelRefusal.CannotBeUndone, Rotation: { } rotation }
            ? await tokens.OfEndedAsync(rotation.Key.Id, cancellationToken)
            : null;

    private static BadInputException Refused(CancelRefusal refusal, string id, Rotation? rotation, LiveTokenCount? ended) =>
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
                    + $"every caller with a token that an old version signed must sign in again. {HowMany(ended)}",
                StatusCodes.Status409Conflict
            ),
        };

    private static string HowMany(LiveTokenCount? ended) =>
        ended is { UnknownBecause: null }
            ? $"That are {ended.Callers} caller(s) with {ended.Tokens} live token(s), counted at {ended.At:u}."
            : $"How many callers that are is unknown: {ended?.UnknownBecause}";

    private static string When(string id, Rotation? rotation) =>
        rotation?.RouteId != id
            ? "The rotation is over, and a later one of this key has begun."
            : $"Trust in the old versions has ended{(rotation.TrustEndingAt is { } at ? $" at {at:u}" : "")}.";
}
