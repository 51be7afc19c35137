using Microsoft.AspNetCore.Mvc;
using Rekey.Core.Records;
using Rekey.Detections.Sweeps;
using Rekey.Functions.Security;
using Rekey.Ledgers;

namespace Rekey.Functions.Detections;

/// <summary>HTTP: gives the progress of the sweeps over token logs. <c>onRecordAt</c> comes from the ledger, the other times from a table
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
        var state = (await states.FindAsync(SweepState.Name, SweepState.Only, cancel))?.Value.Bounded(options.Lease, now);

        // The row has the time to the minute but may have been altered; the ledger's time is given too.
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
