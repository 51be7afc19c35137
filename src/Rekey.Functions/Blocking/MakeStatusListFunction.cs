using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Rekey.Blocking;
using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Trust;

namespace Rekey.Functions.Blocking;

/// <summary>
/// HTTP: the <c>status_list</c> member of a Token Status List (draft-ietf-oauth-status-list-20 §4.2) for the issuer's own tokens, for the
/// issuer to sign and publish: Rekey holds no issuer key. A blocked token is INVALID. That INVALID never turns back is the issuer's to
/// keep: an entry of the blocklist expires with its token, and may be taken off.
/// </summary>
public sealed class MakeStatusListFunction(
    PublishedBlocklist published,
    GovernedKeys governedKeys,
    BlockingOptions options,
    TimeProvider timeProvider
)
{
    [Function("MakeStatusList"), Authorize(Roles = Roles.Gateway)]
    [Consumes(typeof(StatusListRequest), "application/json")]
    [ProducesResponseType<StatusListReply>(StatusCodes.Status200OK)]
    [Problem(400, "bad-status-list"), Problem(404, "unknown-issuer")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "issuers/" + RouteIds.Issuer + "/status-list")] HttpRequest request
    )
    {
        var (context, name) = (request.HttpContext, request.RouteId("issuer"));
        var bound = governedKeys.Issuers.FirstOrDefault(i => i.Name == name)
            ?? throw new BadInputException("unknown-issuer", "There is no such issuer.", StatusCodes.Status404NotFound);
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = options.MaxStatusBody;
        var asked = await StrictBody.ReadAsync<StatusListRequest>(request, context.RequestAborted);
        if (Mistake(asked, options) is { } mistake)
        {
            throw new BadInputException("bad-status-list", mistake);
        }

        var blocked = (await published.ViewAsync(context.RequestAborted)).List;
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new StatusListReply(asked.Bits, Make(asked, bound.Issuer, blocked, timeProvider.GetUtcNow()).Encode()));
    }

    private static StatusList Make(StatusListRequest request, string issuer, Blocklist blocked, DateTimeOffset now)
    {
        var list = new StatusList(request.Bits, request.Size);
        foreach (var entry in request.Entries)
        {
            var issued = entry.Iat is { } iat ? DateTimeOffset.FromUnixTimeSeconds(iat) : (DateTimeOffset?)null;
            if (blocked.Blocks(new(issuer, entry.Jti, entry.Sub, entry.Kid, issued, entry.SigningInputSha256), now))
            {
                list[entry.Idx] = StatusList.Invalid;
            }
        }

        return list;
    }

    private static string? Mistake(StatusListRequest request, BlockingOptions options) =>
        request.Bits is not (1 or 2 or 4 or 8) ? "bits must be 1, 2, 4 or 8."
        : request.Size < 1 || request.Size > options.MaxStatusListSize ? $"size must be 1 to {options.MaxStatusListSize}."
        : request.Entries.Select(e => Mistake(e, request.Size)).FirstOrDefault(m => m is not null);

    private static string? Mistake(StatusListEntry? entry, int size) =>
        entry switch
        {
            null => "an entry is null.",
            _ when entry.Idx < 0 || entry.Idx >= size => "each idx must lie inside the list.",
            { Jti: null, Sub: null, Kid: null, SigningInputSha256: null } => "each entry needs something that names its token.",
            { Iat: null, Sub: not null } or { Iat: null, Kid: not null } =>
                "with sub or kid, iat is needed: they are blocked up to a time.",
            { Iat: < 0 or > 253402300799 } => "iat must be a NumericDate.",
            _ => null,
        };
}
