using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Rekey.Sidecar;

/// <summary>
/// The request that a gateway asks about, for the access log: its path and its caller's address, from the headers that the gateway sets.
/// NGINX names both in headers. Envoy appends the path to a prefix, and the address to <c>X-Forwarded-For</c>.
/// </summary>
public static class OriginalRequest
{
    /// <summary>The header with the path and the query.</summary>
    public const string UriHeader = "X-Original-URI";

    /// <summary>The header with the caller's address.</summary>
    public const string AddressHeader = "X-Real-IP";

    /// <summary>Where gateways ask. A path after it is the original one.</summary>
    public const string Prefix = "/rekey-authz";

    /// <summary>The address where health is asked.</summary>
    public const string Health = "/healthz";

    private const string ForwardedHeader = "X-Forwarded-For";

    /// <summary>Whether it asks for health. The address as it was sent counts: a path with dots in it, which a caller of the gateway chose,
    /// must not be answered with 200.</summary>
    public static bool IsForHealth(HttpContext context) =>
        string.Equals(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, Health, StringComparison.Ordinal);

    /// <summary>Makes the asked request the one that the log shows. What is missing or unreadable stays as it is.</summary>
    public static void Show(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers[UriHeader] is [{ Length: > 0 } uri] && uri[0] == '/')
        {
            var path = uri.Split('?', 2)[0];
            context.Request.Path = PathString.FromUriComponent(path);
        }
        else if (context.Request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal, out var original) && original.HasValue)
        {
            context.Request.Path = original;
        }

        // The last address is the one that the gateway saw; those before it are the caller's words.
        var forwarded = headers[ForwardedHeader].LastOrDefault();
        var text = headers[AddressHeader] is [{ } real] ? real : forwarded?[(forwarded.LastIndexOf(',') + 1)..].Trim();
        if (IPAddress.TryParse(text, out var address))
        {
            context.Connection.RemoteIpAddress = address;
        }
    }
}
