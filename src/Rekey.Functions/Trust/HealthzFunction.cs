using Rekey.Functions.Blocking;

namespace Rekey.Functions.Trust;

/// <summary>HTTP, anonymous: whether this instance can answer by the lists that it serves. Says nothing else.</summary>
public sealed class HealthzFunction(PublishedTrust trust, PublishedBlocklist blocklist, Switchboard switchboard)
{
    [Function("Healthz"), AllowAnonymous]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request)
    {
        try
        {
            var cancel = request.HttpContext.RequestAborted;
            await trust.ViewAsync(cancel);
            await blocklist.ViewAsync(cancel);

            // While it is stopped it serves, so no load balancer may take it away; but it does not rotate.
            return Results.Json(new { status = switchboard.Stopped ? "stopped" : "healthy" });
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            return Results.Json(new { status = "unhealthy" }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
