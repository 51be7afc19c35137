using Microsoft.AspNetCore.Mvc;
using Rekey.Core;
using Rekey.Functions.Blocking;
using Rekey.Functions.Stopping;
using Rekey.Functions.Trust.Views;

namespace Rekey.Functions.Trust;

/// <summary>
/// HTTP, anonymous: <c>healthy</c> when the trust list and the blocklist are valid, 503 when they are not; <c>stopped</c> while the kill
/// switch is on and Rekey only serves.
/// </summary>
public sealed class HealthzFunction(PublishedTrust trust, PublishedBlocklist blocklist, ServedStopState stops)
{
    [Function("Healthz"), AllowAnonymous]
    [ProducesResponseType<HealthView>(StatusCodes.Status200OK)]
    [ProducesResponseType<HealthView>(StatusCodes.Status503ServiceUnavailable)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request)
    {
        try
        {
            var cancel = request.HttpContext.RequestAborted;
            await trust.ViewAsync(cancel);
            await blocklist.ViewAsync(cancel);

            // A stopped app still serves, so a load balancer must keep it; but it does not rotate.
            var by = (await stops.FindAsync(cancel))?.By ?? [];
            return Results.Json(new HealthView(by.Count > 0 ? "stopped" : "healthy", by));
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            return Results.Json(
                new HealthView("unhealthy", (await stops.FindAsync(request.HttpContext.RequestAborted))?.By ?? []),
                statusCode: StatusCodes.Status503ServiceUnavailable
            );
        }
    }
}
