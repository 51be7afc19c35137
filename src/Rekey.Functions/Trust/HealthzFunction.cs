using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>HTTP, anonymous: whether this instance could serve its published documents. Says nothing else.</summary>
public sealed class HealthzFunction(PublishedTrust published)
{
    [Function("Healthz"), AllowAnonymous]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request)
    {
        try
        {
            await published.FindAsync(TrustDocuments.TrustListName, request.HttpContext.RequestAborted);
            return Results.Json(new { status = "healthy" });
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            return Results.Json(new { status = "unhealthy" }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
