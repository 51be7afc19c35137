using Rekey.Functions.Security;
using Rekey.Rotations;
using Rekey.Sweeps;

namespace Rekey.Functions;

/// <summary>HTTP: asks for a sweep now, and shows how the watch is doing. It does not wait for the sweep: Azure's front end ends a request after 230 s.</summary>
public sealed class SweepsFunction(IWorkQueue queue, IRecords<SweepState> states, IEnumerable<SweepTokens> configured, TimeProvider clock)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/sweeps", (SweepsFunction function, CancellationToken cancel) => function.PostAsync(cancel)).ForRoles(Roles.Operator);
        app.MapGet("/sweeps", (SweepsFunction function, CancellationToken cancel) => function.GetAsync(cancel)).ForRoles(Roles.Operator, Roles.Approver, Roles.Reader);
    }

    private async Task<IResult> PostAsync(CancellationToken cancel)
    {
        if (!configured.Any())
        {
            throw new CannotContinueException("sweeps-not-configured", "There are no logs to sweep.", "Set a workspace under Azure:LogAnalytics, or folders under LogFolder.");
        }

        await queue.EnqueueSweepAsync($"{clock.GetUtcNow():O}", cancel);
        return Results.Accepted("/sweeps", new { state = "/sweeps", findings = "/findings" });
    }

    private async Task<IResult> GetAsync(CancellationToken cancel)
    {
        var state = (await states.FindAsync(SweepState.Name, "state", cancel))?.Value;
        return Results.Json(new { isConfigured = configured.Any(), isRunning = state?.LeaseUntil > clock.GetUtcNow(), state?.ProgressAt, state?.CaughtUpAt, state?.BadLines });
    }
}
