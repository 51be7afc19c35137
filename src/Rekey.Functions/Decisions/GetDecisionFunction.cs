using Rekey.Decisions;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Decisions;

/// <summary>HTTP: one decision.</summary>
public sealed class GetDecisionFunction(IRecords<Decision> decisions, DecisionLedger onRecord, TimeProvider clock)
{
    [Function("GetDecision"), Authorize(Roles = Roles.Viewers)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "decisions/" + RouteIds.Id)] HttpRequest request)
    {
        var (id, cancel) = (request.RouteId(), request.HttpContext.RequestAborted);
        return await decisions.FindAsync("decision", id, cancel) is { Value: var decision }
            && await onRecord.ReadAsync(cancel) is var recorded && recorded.IsAsked(id)
            ? Results.Json(DecisionView.Of(recorded.Of(decision), clock.GetUtcNow()))
            : throw DecisionView.Refused(AnswerRefusal.NotFound);
    }
}
