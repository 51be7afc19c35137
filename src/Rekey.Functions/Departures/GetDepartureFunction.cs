using Microsoft.AspNetCore.Mvc;
using Rekey.Departures.Reading;
using Rekey.Functions.Departures.Views;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Trust;

namespace Rekey.Functions.Departures;

/// <summary>HTTP: gives the progress and the record of a departure, with its own rotations.</summary>
public sealed class GetDepartureFunction(ReadDeparture departures, TrustOptions trust)
{
    [Function("GetDeparture"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<DepartureView>(StatusCodes.Status200OK)]
    [Problem(404, "unknown-departure")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "departures/" + RouteIds.Id)] HttpRequest request
    )
    {
        var (id, cancel) = (request.RouteId(), request.HttpContext.RequestAborted);
        if (await departures.FindAsync(id, cancel) is not { } record)
        {
            throw new BadInputException(
                "unknown-departure",
                $"There is no departure '{id}'. `GET /departures` lists them.",
                StatusCodes.Status404NotFound
            );
        }

        var departure = record.Departure;
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
                departure.LookedAgainAt,
                CutOffView.Of(departure.CutOff),
                WatchView.Of(departure.Watch),
                record.IsNothingExposed ? OutcomeView.NothingExposed(departure.AssessedAt!.Value) : null,
                [.. record.Keys.Select(k => ExposedKeyView.Of(k, departure.Cause, trust))]
            )
        );
    }
}
