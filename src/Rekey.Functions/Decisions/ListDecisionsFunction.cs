using Microsoft.AspNetCore.Mvc;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures.Reading;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.Lists;

namespace Rekey.Functions.Decisions;

/// <summary>
/// HTTP: lists decisions of the ledger: by default those that wait for an answer, the oldest first; in other states the newest first. A
/// deleted row hides no decision; a decision whose text was deleted says so. Read one decision for the state of the person's account.
/// </summary>
public sealed class ListDecisionsFunction(
    IRecords<Decision> decisions,
    DecisionLedger onRecord,
    ReadQuestion questions,
    TimeProvider timeProvider
)
{
    [Function("ListDecisions"), Authorize(Roles = Roles.Viewers), Paged]
    [ProducesResponseType<DecisionPage>(StatusCodes.Status200OK)]
    [Query("state", "`pending` (the default), `approved`, `declined`, `lapsed`, `withdrawn` or `all`.", Example = "all")]
    [Query("kind", "A kind of decisions, such as `rotate`: only these.", Example = "rotate")]
    [Query("about", "The key, vault, departure or entry that a decision is about, or its beginning: only these.")]
    [Query("since", "A time such as `2026-11-30T10:00:00Z`: only decisions that were asked since then.", Example = "2026-11-30")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "decisions")] HttpRequest request)
    {
        var (now, cancel) = (timeProvider.GetUtcNow(), request.HttpContext.RequestAborted);
        var list = new ListRequest(request);
        var state = list.Choice("state", [.. Enum.GetNames<DecisionState>(), "all"]) ?? nameof(DecisionState.Pending);
        var (kind, about, since) = (list.Text("kind"), list.Text("about"), list.Time("since"));
        var isPending = state is nameof(DecisionState.Pending);
        var recorded = await onRecord.ReadAsync(cancel);
        var (page, next) = list.Page(
            (isPending ? recorded.Open : recorded.All)
                .Where(d => state is "all" || d.StateAt(now) == Enum.Parse<DecisionState>(state))
                .Where(d => kind is null || string.Equals(d.Kind, kind, StringComparison.OrdinalIgnoreCase))
                .Where(d => about is null || d.About.StartsWith(about, StringComparison.OrdinalIgnoreCase))
                .Where(d => since is null || d.AskedAt >= since),
            d => isPending ? ListRequest.OldestFirst(d.AskedAt, d.Id) : ListRequest.NewestFirst(d.AskedAt, d.Id)
        );
        var views = new List<DecisionView>();
        foreach (var decision in page)
        {
            // The row has the text; it may be deleted or altered. A list does not ask the directory: that is one call a question.
            var (row, _) = await decisions.FindReadableAsync("decision", decision.Id, cancel);
            var worded = recorded.Of(decision.Id, row)!;
            views.Add(DecisionView.Of(worded, await questions.ReadAsync(worded, cancel, readsOutside: false), now));
        }

        return Results.Json(new DecisionPage(views, next));
    }
}
