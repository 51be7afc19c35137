using Microsoft.AspNetCore.Mvc;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Functions.Security;

namespace Rekey.Functions.Blocking;

/// <summary>HTTP: gives gateways the signed blocklist: one JWS with every entry, a number and an end of validity.</summary>
public sealed class GetBlocklistFunction(PublishedBlocklist published)
{
    [Function("GetBlocklist"), Authorize(Roles = Roles.DocumentReaders)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, "application/jwt")]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blocklist")] HttpRequest request)
    {
        var list = (await published.ViewAsync(request.HttpContext.RequestAborted)).Jws
            ?? throw new RetryLaterException("Rekey cannot sign the blocklist now.");
        return list.Serve(request.HttpContext, BlockDocuments.Kind.ContentType, "private, no-cache");
    }
}
