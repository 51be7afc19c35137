using Microsoft.AspNetCore.Mvc;
using Rekey.Core.Records;
using Rekey.Departures;
using Rekey.Functions.Rotations;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Functions.Departures;

/// <summary>HTTP: gives the progress of a departure.</summary>
public sealed class GetDepartureFunction(IRecords<Departure> departures, IRecords<Rotation> rotations, TrustOptions trust)
{
    [Function("GetDeparture"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<DepartureView>(StatusCodes.Status200OK)]
    [Problem(404, "unknown-departure")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "departures/" + RouteIds.Id)] HttpRequest request
    )
    {
        var (id, cancel) = (request.RouteId(), request.HttpContext.RequestAborted);
        if (await departures.FindAsync("departure", id, cancel) is not { Value: var departure })
        {
            throw new BadInputException("unknown-departure", $"There is no departure '{id}'.", StatusCodes.Status404NotFound);
        }

        var keys = new List<ExposedKeyView>();
        foreach (var response in departure.Plan)
        {
            var (rotation, unreadable) = await rotations.FindReadableAsync(Rotation.Live, SigningKey.RowOf(response.KeyId), cancel);
            keys.Add(
                new(
                    response.KeyId,
                    response.Urgency,
                    response.Mode,
                    response.Reasons,
                    rotation is null ? null : RotationView.Of(rotation, trust),
                    unreadable
                )
            );
        }

        return Results.Json(
            new DepartureView(
                departure.Id,
                departure.PersonId,
                departure.NoticedAt,
                departure.Confirmed,
                departure.Hostile,
                departure.Sources,
                departure.AssessedAt,
                departure.SettledAt,
                keys
            )
        );
    }
}
