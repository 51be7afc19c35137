using Rekey.Functions.Wire;
using Rekey.Trust;

namespace Rekey.Functions;

/// <summary>HTTP, anonymous: an issuer's JWK Set (RFC 7517), byte for byte as published in storage.</summary>
public static class Jwks
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/issuers/{issuer}/jwks.json", async (string issuer, HttpContext context, PublishedTrust published, Estate estate, TrustOptions options) =>
        {
            if (!estate.Issuers.Any(i => string.Equals(i.Name, issuer, StringComparison.Ordinal)))
            {
                throw new BadInputException("unknown-issuer", "There is no such issuer.", StatusCodes.Status404NotFound);
            }

            var document = await published.FindAsync(TrustDocuments.JwksName(issuer), context.RequestAborted)
                ?? throw new RetryLaterException("No keys were published yet: the baseline waits for a decision.");
            return PublishedTrust.Serve(context, document, "application/jwk-set+json", $"public, max-age={(int)options.JwksMaxAge.TotalSeconds}");
        }).AllowAnonymous();
}
