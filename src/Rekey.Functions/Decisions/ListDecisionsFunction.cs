using Microsoft.AspNetCore.Mvc;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures.Reading;
using Rekey.Functions.Security;

namespace Rekey.Functions.Decisions;

/// <summary>
/// HTTP: lists the open decisions of the ledger. A deleted row hides no decision; a decision whose text was deleted says so. Read one
/// decision for the state of the person's account.
/// </summary>
public sealed class ListDecisionsFunction(
    IRecords<Decision> decisions,
    DecisionLedger onRecord,
    ReadQuestion questions,
    TimeProvider timeProvider
)
{
    [Function("ListDecisions"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<DecisionPage>(StatusCodes.Status200OK)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "decisions")] HttpRequest request)
    {
        var (now, cancel) = (timeProvider.GetUtcNow(), request.HttpContext.RequestAborted);
        var pending = new List<DecisionView>();
        foreach (
            var open in (await onRecord.ReadAsync(cancel)).Open.Where(d => d.StateAt(now) is DecisionState.Pending).OrderBy(d => d.AskedAt)
        )
        {
            // The row has the text; it may be deleted or altered.
            var (row, _) = await decisions.FindReadableAsync("decision", open.Id, cancel);
            var decision = (await onRecord.ReadAsync(cancel)).Of(open.Id, row)!;
            if (decision.StateAt(now) is DecisionState.Pending)
            {
                // A list does not ask the directory: after a mass event that would be one call a question.
                pending.Add(DecisionView.Of(decision, await questions.ReadAsync(decision, cancel, readAccount: false), now));
            }
        }

        return Results.Json(new DecisionPage(pending));
    }
}
