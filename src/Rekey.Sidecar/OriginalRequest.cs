using System.Net;

namespace Rekey.Sidecar;

/// <summary>
/// The request that a gateway asks about, for the access log: its path and its caller's address, from the headers that the gateway sets.
/// </summary>
public static class OriginalRequest
{
    /// <summary>The header with the path and the query.</summary>
    public const string UriHeader = "X-Original-URI";

    /// <summary>The header with the caller's address.</summary>
    public const string AddressHeader = "X-Real-IP";

    /// <summary>Makes the asked request the one that the log shows. What is missing or unreadable stays as it is.</summary>
    public static void Show(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers[UriHeader] is [{ Length: > 0 } uri] && uri[0] == '/')
        {
            var path = uri.Split('?', 2)[0];
            context.Request.Path = PathString.FromUriComponent(path);
        }

        if (headers[AddressHeader] is [{ } text] && IPAddress.TryParse(text, out var address))
        {
            context.Connection.RemoteIpAddress = address;
        }
    }
}
