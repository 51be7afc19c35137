using Rekey.Functions.Security;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>HTTP: the signed trust list, with windows and bars, for gateways and issuers.</summary>
public sealed class GetTrustListFunction(PublishedTrust published)
{
    [Function("GetTrustList"), Authorize(Roles = Roles.DocumentReaders)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "trust-list")] HttpRequest request)
    {
        var list = await published.FindAsync(TrustDocuments.TrustListName, request.HttpContext.RequestAborted)
            ?? throw new RetryLaterException("No trust list was published yet.");
        return PublishedTrust.Serve(request.HttpContext, list, "application/jwt", "private, no-cache");
    }
}
