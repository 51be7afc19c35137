using Microsoft.AspNetCore.Mvc;
using Rekey.Functions.Trust.Views;
using Rekey.Functions.Wire;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>HTTP, anonymous: gives the issuer's keys (RFC 7517) from the signed trust list, with ETag and max-age.</summary>
public sealed class GetJwksFunction(PublishedTrust published, GovernedKeys governedKeys, TrustOptions options)
{
    private readonly string _cacheControl = $"public, max-age={(int)options.JwksMaxAge.TotalSeconds}";

    [Function("GetJwks"), AllowAnonymous]
    [ProducesResponseType<JwkSetView>(StatusCodes.Status200OK, "application/jwk-set+json")]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [Problem(404, "unknown-issuer")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "issuers/" + RouteIds.Issuer + "/jwks.json")] HttpRequest request
    )
    {
        var issuer = request.RouteId("issuer");
        if (!governedKeys.Issuers.Any(i => string.Equals(i.Name, issuer, StringComparison.Ordinal)))
        {
            throw new BadInputException("unknown-issuer", "No governed issuer has this name.", StatusCodes.Status404NotFound);
        }

        var view = await published.ViewAsync(request.HttpContext.RequestAborted);
        return view.Jwks(issuer).Serve(request.HttpContext, "application/jwk-set+json", _cacheControl);
    }
}
