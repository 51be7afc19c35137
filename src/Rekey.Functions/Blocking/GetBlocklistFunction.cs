using Microsoft.AspNetCore.Mvc;
using Rekey.Core;
using Rekey.Functions.Security;

namespace Rekey.Functions.Blocking;

/// <summary>HTTP: the signed blocklist, one JWS with every entry, its number and an end of validity, for gateways.</summary>
public sealed class GetBlocklistFunction(PublishedBlocklist published)
{
    [Function("GetBlocklist"), Authorize(Roles = Roles.DocumentReaders)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, "application/jwt")]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blocklist")] HttpRequest request)
    {
        var list = (await published.ViewAsync(request.HttpContext.RequestAborted)).Jws
            ?? throw new RetryLaterException("The blocklist cannot be signed now.");
        return list.Serve(request.HttpContext);
    }
}
