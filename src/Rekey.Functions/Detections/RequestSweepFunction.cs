using Microsoft.AspNetCore.Mvc;
using Rekey.Core;
using Rekey.Detections.Sweeps;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Messaging;

namespace Rekey.Functions.Detections;

/// <summary>HTTP: queues a sweep and does not wait for it, since Azure's front end ends a request after 230 s.</summary>
public sealed class RequestSweepFunction(IWorkQueue queue, IEnumerable<SweepTokens> configured, TimeProvider timeProvider)
{
    [Function("RequestSweep"), Authorize(Roles = Roles.Operator)]
    [ProducesResponseType<SweepRequested>(StatusCodes.Status202Accepted)]
    [Problem(422, "sweeps-not-configured")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sweeps")] HttpRequest request)
    {
        if (!configured.Any())
        {
            throw new CannotContinueException(
                "sweeps-not-configured",
                "No token logs are configured, so there is nothing to sweep.",
                "Set a workspace under Azure:LogAnalytics, or folders under LogFolder."
            );
        }

        await queue.EnqueueSweepAsync($"{timeProvider.GetUtcNow():O}", request.HttpContext.RequestAborted);
        return Results.Accepted("/sweeps", new SweepRequested("/sweeps", "/findings"));
    }
}
