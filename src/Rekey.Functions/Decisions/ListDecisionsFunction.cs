using Rekey.Decisions;
using Rekey.Functions.Security;

namespace Rekey.Functions.Decisions;

/// <summary>HTTP: what waits for a decision.</summary>
public sealed class ListDecisionsFunction(IRecords<Decision> decisions, DecisionLedger onRecord, TimeProvider clock)
{
    [Function("ListDecisions"), Authorize(Roles = Roles.Viewers)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "decisions")] HttpRequest request)
    {
        var (now, cancel) = (clock.GetUtcNow(), request.HttpContext.RequestAborted);
        var (all, unreadable) = await decisions.ListReadableAsync("decision", cancel);
        var recorded = await onRecord.ReadAsync(cancel);
        var pending = all.Where(d => recorded.IsAsked(d.Id)).Select(recorded.Of).Where(d => d.StateAt(now) is DecisionState.Pending)
            .Select(d => DecisionView.Of(d, now));
        return Results.Json(new { pending, unreadable });
    }
}
