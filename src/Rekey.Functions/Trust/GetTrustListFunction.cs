using Rekey.Functions.Security;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>HTTP: the signed trust list, with windows and what was revoked lately, for gateways and issuers.</summary>
public sealed class GetTrustListFunction(PublishedTrust published)
{
    [Function("GetTrustList"), Authorize(Roles = Roles.DocumentReaders)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "trust-list")] HttpRequest request)
    {
        var list = (await published.ViewAsync(request.HttpContext.RequestAborted)).Jws
            ?? throw new RetryLaterException("The trust list cannot be signed now.");
        return list.Serve(request.HttpContext, TrustDocuments.Kind.ContentType, "private, no-cache");
    }
}
