using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Rekey.Blocking;
using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Trust;

namespace Rekey.Functions.Blocking;

/// <summary>
/// HTTP: makes the <c>status_list</c> member of a Token Status List (draft-ietf-oauth-status-list-20 §4.2) for an issuer's own tokens.
/// The issuer signs and publishes it, since Rekey holds no issuer key. A blocked token is INVALID. The issuer must keep INVALID tokens
/// invalid: an entry of the blocklist expires with its token, and an approver may remove it earlier.
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
            ?? throw new BadInputException("unknown-issuer", "No governed issuer has this name.", StatusCodes.Status404NotFound);
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
            { Jti: null, Sub: null, Kid: null, SigningInputSha256: null } =>
                "each entry needs jti, sub, kid or signingInputSha256 to name its token.",
            { Iat: null, Sub: not null } or { Iat: null, Kid: not null } =>
                "an entry with sub or kid needs iat: a block of a subject or kid ends at a time.",
            { Iat: < 0 or > 253402300799 } => "iat must be a NumericDate (seconds since 1970).",
            _ => null,
        };
}
