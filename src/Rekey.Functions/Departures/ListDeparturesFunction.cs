using Microsoft.AspNetCore.Mvc;
using Rekey.Departures.Reading;
using Rekey.Functions.Departures.Views;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.Lists;

namespace Rekey.Functions.Departures;

/// <summary>HTTP: lists departures, the newest first, as the ledger has them, with the number of keys for each result.</summary>
public sealed class ListDeparturesFunction(ReadDeparture departures)
{
    [Function("ListDepartures"), Authorize(Roles = Roles.Viewers), Paged]
    [ProducesResponseType<DeparturePage>(StatusCodes.Status200OK)]
    [Query("state", "`all` (the default), `open` until every exposed key has an outcome, or `ended`.", Example = "open")]
    [Query("since", "A time such as `2026-11-30T10:00:00Z`: only departures that were noticed since then.", Example = "2026-11-30")]
    [Query("person", "The object id of a person: only their departures.", Example = "6f0d8a4e-5a54-4b5e-9d1c-2f3a4b5c6d7e")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "departures")] HttpRequest request)
    {
        var cancel = request.HttpContext.RequestAborted;
        var list = new ListRequest(request);
        var state = list.Choice("state", "all", "open", "ended") ?? "all";
        var (since, person) = (list.Time("since"), list.Text("person"));
        var (page, next) = list.Page(
            (await departures.ListAsync(cancel))
                .Where(d => state is "all" || state is "open" == d.SettledAt is null)
                .Where(d => since is null || d.NoticedAt >= since)
                .Where(d => person is null || string.Equals(d.PersonId, person, StringComparison.OrdinalIgnoreCase)),
            d => ListRequest.NewestFirst(d.NoticedAt, d.Id)
        );
        var summaries = new List<DepartureSummary>();
        foreach (var departure in page)
        {
            summaries.Add(DepartureSummary.Of(await departures.ReadAsync(departure, cancel)));
        }

        return Results.Json(new DeparturePage(summaries, next));
    }
}
