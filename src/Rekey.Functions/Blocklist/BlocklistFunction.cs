using System.Globalization;
using Microsoft.Net.Http.Headers;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions;

/// <summary>
/// HTTP: the blocklist for gateways, whole or what changed since a cursor: <c>{"sequence":9,"full":false,"changes":["eyJ…",…]}</c>. Each change is
/// a JWS of its own; with <c>"full":true</c> there is a <c>base</c> that they follow.
/// </summary>
public static class BlocklistFunction
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/blocklist", async (HttpContext context, PublishedBlocklist published) =>
        {
            var since = Since(context.Request);
            var view = await published.ViewAsync(context.RequestAborted);
            var gzip = TakesGzip(context.Request);
            var tag = $"\"{view.Document.Sequence}-{view.BaseDocument.Sequence}-{view.Changes.Sequence}-{since?.ToString(CultureInfo.InvariantCulture) ?? "all"}{(gzip ? "-gzip" : "")}-{StableId.Of(view.Document.ETag, view.BaseDocument.ETag)}\"";
            context.Response.Headers.CacheControl = "private, no-cache";
            context.Response.Headers.Vary = "Accept-Encoding";
            if (Matches(context.Request, tag))
            {
                context.Response.Headers.ETag = tag;
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            var body = view.Replies.Get(view, since, gzip);
            context.Response.Headers.ETag = tag;
            context.Response.Headers.ContentEncoding = gzip ? "gzip" : default;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }).ForRoles(Roles.Gateway, Roles.Operator, Roles.Reader);

    private static long? Since(HttpRequest request) => request.Query["since"] switch
    {
        [] => null,
        [{ } text] when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new BadInputException("bad-cursor", "since must be the sequence of an earlier reply."),
    };

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding is { } accepted
        && (accepted.FirstOrDefault(e => e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase)) ?? accepted.FirstOrDefault(e => e.Value == "*")) is { } found
        && found.Quality is null or > 0;

    private static bool Matches(HttpRequest request, string tag) =>
        request.GetTypedHeaders().IfNoneMatch is { } seen && seen.Any(s => s.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false) || s.Equals(EntityTagHeaderValue.Any));
}
