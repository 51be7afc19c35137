using Rekey.Functions.Security;
using Rekey.Sweeps;

namespace Rekey.Functions.Sweeps;

/// <summary>HTTP: how the watch over token logs is doing.</summary>
public sealed class GetSweepsFunction(IRecords<SweepState> states, IEnumerable<SweepTokens> configured, TimeProvider clock)
{
    [Function("GetSweeps"), Authorize(Roles = Roles.Viewers)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sweeps")] HttpRequest request)
    {
        var state = (await states.FindAsync(SweepState.Name, "state", request.HttpContext.RequestAborted))?.Value;
        return Results.Json(new { isConfigured = configured.Any(), isRunning = state?.LeaseUntil > clock.GetUtcNow(), state?.ProgressAt,
            state?.CaughtUpAt, state?.BadLines });
    }
}
