using Rekey.Functions.Security;
using Rekey.Rotations;
using Rekey.Sweeps;

namespace Rekey.Functions.Sweeps;

/// <summary>HTTP: asks for a sweep now. It does not wait for the sweep: Azure's front end ends a request after 230 s.</summary>
public sealed class RequestSweepFunction(IWorkQueue queue, IEnumerable<SweepTokens> configured, TimeProvider clock)
{
    [Function("RequestSweep"), Authorize(Roles = Roles.Operator)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sweeps")] HttpRequest request)
    {
        if (!configured.Any())
        {
            throw new CannotContinueException(
                "sweeps-not-configured", "There are no logs to sweep.",
                "Set a workspace under Azure:LogAnalytics, or folders under LogFolder.");
        }

        await queue.EnqueueSweepAsync($"{clock.GetUtcNow():O}", request.HttpContext.RequestAborted);
        return Results.Accepted("/sweeps", new { state = "/sweeps", findings = "/findings" });
    }
}
