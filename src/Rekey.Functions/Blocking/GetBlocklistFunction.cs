using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Blocking;

/// <summary>
/// HTTP: the signed blocklist and its signed head, which has an end of validity, whole or what changed since a number. Each change is a
/// JWS of its own, and the head says up to which change the list goes; a whole list has a <c>base</c> that the changes follow.
/// </summary>
public sealed class GetBlocklistFunction(PublishedBlocklist published)
{
    [Function("GetBlocklist"), Authorize(Roles = Roles.DocumentReaders)]
    [ProducesResponseType<BlocklistReply>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [Query("since", "The `sequence` of an earlier reply: only the signed changes since then are answered, where they are still there.")]
    [Problem(400, "bad-cursor")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blocklist")] HttpRequest request)
    {
        var since = Since(request);
        var view = (await published.ViewAsync(request.HttpContext.RequestAborted)).Published
            ?? throw new RetryLaterException("The blocklist cannot be read whole now.");
        var gzip = TakesGzip(request);
        var cursor = since?.ToString(CultureInfo.InvariantCulture) ?? "all";
        var state = $"{view.Changes.Sequence}-{cursor}{(gzip ? "-gzip" : "")}-{StableId.Of(view.Document.ETag, view.BaseDocument.ETag)}";
        var tag = new EntityTagHeaderValue($"\"{state}\"");
        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = "private, no-cache";
        headers.Vary = "Accept-Encoding";
        if (HasIt(request, tag))
        {
            headers.ETag = tag.ToString();
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        headers.ContentEncoding = gzip ? "gzip" : default;
        return Results.Bytes(view.Replies.Get(view, since, gzip), "application/json", entityTag: tag);
    }

    private static long? Since(HttpRequest request) => request.Query["since"] switch
    {
        [] => null,
        [{ } text] when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new BadInputException("bad-cursor", "since must be the sequence of an earlier reply."),
    };

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding is { } accepted
        && (accepted.FirstOrDefault(e => e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            ?? accepted.FirstOrDefault(e => e.Value == "*")) is { } found
        && found.Quality is null or > 0;

    /// <summary>Asked before the reply is made: a gateway that polls has it nearly every time.</summary>
    private static bool HasIt(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch is { } seen
            && seen.Any(s => s.Compare(tag, useStrongComparison: false) || s.Equals(EntityTagHeaderValue.Any));
}
