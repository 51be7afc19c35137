using Microsoft.AspNetCore.Mvc;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures.Reading;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Decisions;

/// <summary>HTTP: gives one decision.</summary>
public sealed class GetDecisionFunction(
    IRecords<Decision> decisions,
    DecisionLedger onRecord,
    ReadQuestion questions,
    TimeProvider timeProvider
)
{
    [Function("GetDecision"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<DecisionView>(StatusCodes.Status200OK)]
    [Problem(404, "unknown-decision")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "decisions/" + RouteIds.Id)] HttpRequest request
    )
    {
        var (id, cancel) = (request.RouteId(), request.HttpContext.RequestAborted);
        var (row, _) = await decisions.FindReadableAsync("decision", id, cancel);
        return (await onRecord.ReadAsync(cancel)).Of(id, row) is { } decision
            ? Results.Json(DecisionView.Of(decision, await questions.ReadAsync(decision, cancel), timeProvider.GetUtcNow()))
            : throw DecisionView.Refused(AnswerRefusal.NotFound);
    }
}
