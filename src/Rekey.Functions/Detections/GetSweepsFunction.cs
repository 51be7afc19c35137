using Microsoft.AspNetCore.Mvc;
using Rekey.Core.Records;
using Rekey.Detections.Sweeps;
using Rekey.Functions.Security;
using Rekey.Ledgers;

namespace Rekey.Functions.Detections;

/// <summary>HTTP: how the watch over token logs is doing. <c>onRecordAt</c> is what the ledger says; the other times are of a
/// row.</summary>
public sealed class GetSweepsFunction(
    IRecords<SweepState> states,
    RunLedger runs,
    IEnumerable<SweepTokens> configured,
    SweepOptions options,
    TimeProvider timeProvider
)
{
    [Function("GetSweeps"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<SweepsView>(StatusCodes.Status200OK)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sweeps")] HttpRequest request)
    {
        var (now, cancel) = (timeProvider.GetUtcNow(), request.HttpContext.RequestAborted);
        var state = (await states.FindAsync(SweepState.Name, "state", cancel))?.Value.Bounded(options.Lease, now);

        // The row knows the time to the minute, and anybody may have written it: the ledger's stands beside it.
        return Results.Json(
            new SweepsView(
                configured.Any(),
                state?.LeaseUntil > now,
                state?.ProgressAt,
                state?.CaughtUpAt,
                state?.BadLines,
                await runs.LastAsync(RunLedger.Sweeps, part: null, cancel)
            )
        );
    }
}
