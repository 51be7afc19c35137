using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Offboarding;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Functions.Offboarding;

/// <summary>HTTP: how a departure is coming along.</summary>
public sealed class GetDepartureFunction(IRecords<Departure> departures, IRecords<Rotation> rotations, TrustOptions trust)
{
    [Function("GetDeparture"), Authorize(Roles = Roles.Viewers)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "departures/" + RouteIds.Id)] HttpRequest request)
    {
        var (id, cancel) = (request.RouteId(), request.HttpContext.RequestAborted);
        if (await departures.FindAsync("departure", id, cancel) is not { Value: var departure })
        {
            throw new BadInputException("unknown-departure", $"There is no departure '{id}'.", StatusCodes.Status404NotFound);
        }

        var keys = new List<object>();
        foreach (var response in departure.Plan)
        {
            var (rotation, unreadable) = await rotations.FindReadableAsync(Rotation.Live, SigningKey.RowOf(response.KeyId), cancel);
            keys.Add(new
            {
                key = response.KeyId,
                response.Urgency,
                mode = response.Mode.ToString(),
                response.Reasons,
                rotation = rotation is null ? null : new
                {
                    state = rotation.State.ToString(),
                    rotation.NewVersion,
                    rotation.VersionCreatedAt,
                    rotation.SigningStoppedAt,
                    rotation.TrustEndedAt,
                    rotation.VerifiedAt,
                    worthlessAt = RotationPolicy.WorthlessAt(rotation, trust),
                    rotation.StuckReason,
                },
                unreadable,
            });
        }

        return Results.Json(new
        {
            departure = departure.Id,
            person = departure.PersonId,
            departure.NoticedAt,
            departure.Confirmed,
            departure.Hostile,
            sources = departure.Sources,
            departure.AssessedAt,
            departure.SettledAt,
            keys,
        });
    }
}
