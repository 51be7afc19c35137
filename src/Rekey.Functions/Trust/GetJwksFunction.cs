using Rekey.Functions.Wire;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>HTTP, anonymous: an issuer's JWK Set (RFC 7517), byte for byte as published in storage.</summary>
public sealed class GetJwksFunction(PublishedTrust published, Estate estate, TrustOptions options)
{
    [Function("GetJwks"), AllowAnonymous]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "issuers/" + RouteIds.Issuer + "/jwks.json")] HttpRequest request)
    {
        var issuer = request.RouteId("issuer");
        if (!estate.Issuers.Any(i => string.Equals(i.Name, issuer, StringComparison.Ordinal)))
        {
            throw new BadInputException("unknown-issuer", "There is no such issuer.", StatusCodes.Status404NotFound);
        }

        var document = await published.FindAsync(TrustDocuments.JwksName(issuer), request.HttpContext.RequestAborted)
            ?? throw new RetryLaterException("No keys were published yet: the baseline waits for a decision.");
        return PublishedTrust.Serve(request.HttpContext, document, "application/jwk-set+json",
            $"public, max-age={(int)options.JwksMaxAge.TotalSeconds}");
    }
}
