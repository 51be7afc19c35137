using Yarp.ReverseProxy.Forwarder;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>
/// Builds the request to the worker: all that YARP passes, the id of the invocation, and the caller as this host saw it.
/// </summary>
internal sealed class ForwardedRequest(string invocationId) : HttpTransformer
{
    private const string IdHeader = "x-ms-invocation-id";
    private static readonly string[] ByThisHostOnly =
    [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-Prefix",
    ];

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken
    )
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var (from, headers) = (httpContext.Request, proxyRequest.Headers);
        // Host is the worker's own.
        headers.Host = null;
        // A caller's own id is passed on, as the real host does: the call then fails.
        if (!from.Headers.ContainsKey(IdHeader))
        {
            headers.Add(IdHeader, invocationId);
        }

        foreach (var name in ByThisHostOnly)
        {
            headers.Remove(name);
        }

        headers.TryAddWithoutValidation("X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        headers.TryAddWithoutValidation("X-Forwarded-Host", from.Host.ToUriComponent());
        headers.TryAddWithoutValidation("X-Forwarded-Proto", from.Scheme);
    }
}
