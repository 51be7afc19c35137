using Rekey.Functions.Security;
using Rekey.Trust;

namespace Rekey.Functions;

/// <summary>HTTP: the signed trust list, with windows and bars, for gateways and issuers.</summary>
public static class TrustListFunction
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/trust-list", async (HttpContext context, PublishedTrust published) =>
            PublishedTrust.Serve(context,
                await published.FindAsync(TrustDocuments.TrustListName, context.RequestAborted) ?? throw new RetryLaterException("No trust list was published yet."),
                "application/jwt", "private, no-cache"))
            .ForRoles(Roles.Gateway, Roles.Operator, Roles.Reader);
}
