using Microsoft.AspNetCore.Mvc;
using Rekey.Core;
using Rekey.Functions.Security;
using Rekey.Trust.Documents;

namespace Rekey.Functions.Trust;

/// <summary>
/// HTTP: gives gateways and issuers the signed trust list: a JWS with trust windows, recent revocations, the ledger's head and an end of
/// validity.
/// </summary>
public sealed class GetTrustListFunction(PublishedTrust published)
{
    [Function("GetTrustList"), Authorize(Roles = Roles.DocumentReaders)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, "application/jwt")]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "trust-list")] HttpRequest request)
    {
        var list = (await published.ViewAsync(request.HttpContext.RequestAborted)).Jws
            ?? throw new RetryLaterException("Rekey cannot sign the trust list now.");
        return list.Serve(request.HttpContext, TrustDocuments.Kind.ContentType, "private, no-cache");
    }
}
