using Rekey.Trust;

namespace Rekey.Functions;

/// <summary>HTTP, anonymous: whether this instance could serve its published documents. Says nothing else.</summary>
public static class Healthz
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/healthz", async (PublishedTrust published, CancellationToken cancel) =>
        {
            try
            {
                await published.FindAsync(TrustDocuments.TrustListName, cancel);
                return Results.Json(new { status = "healthy" });
            }
            catch (Exception e) when (e is RetryLaterException or CannotContinueException)
            {
                return Results.Json(new { status = "unhealthy" }, statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        }).AllowAnonymous();
}
