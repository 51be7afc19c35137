using Rekey.Functions.Security;

namespace Rekey.Functions.Blocking;

/// <summary>HTTP: the signed blocklist for gateways. It says its number and until when it may be used.</summary>
public sealed class GetBlocklistFunction(PublishedBlocklist published)
{
    [Function("GetBlocklist"), Authorize(Roles = Roles.DocumentReaders)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blocklist")] HttpRequest request)
    {
        var list = (await published.ViewAsync(request.HttpContext.RequestAborted)).Jws
            ?? throw new RetryLaterException("The blocklist cannot be signed now.");
        return list.Serve(request.HttpContext);
    }
}
