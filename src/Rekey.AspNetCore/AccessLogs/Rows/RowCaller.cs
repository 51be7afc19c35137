using System.Net;
using Microsoft.AspNetCore.Http;

namespace Rekey.AspNetCore.AccessLogs.Rows;

/// <summary>What a row says of the request: the address, the user agent and the path, without its query.</summary>
internal readonly record struct RowCaller(string? Address, string? UserAgent, string Path)
{
    /// <summary>The longest user agent and path in a row; the rest is cut off.</summary>
    private const int MaxText = 1024;

    public static RowCaller Of(HttpContext context)
    {
        var agent = context.Request.Headers.UserAgent;
        return new(
            TextOf(context.Connection.RemoteIpAddress),
            agent.Count == 0 ? null : Short(agent.ToString()),
            Short($"{context.Request.PathBase}{context.Request.Path}")
        );
    }

    private static string? TextOf(IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();

    private static string Short(string text) => text.Length <= MaxText ? text : text[..MaxText];
}
