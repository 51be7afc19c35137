using Rekey.Blocking;
using Rekey.Decisions;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions;

/// <summary>An operator's wish to block.</summary>
/// <param name="Kind"><c>signingInput</c>, <c>token</c>, <c>subject</c> or <c>kid</c>.</param>
/// <param name="Issuer">Name or exact <c>iss</c> of a governed issuer.</param>
/// <param name="Value">The hash, <c>jti</c>, <c>sub</c> or <c>kid</c>.</param>
/// <param name="Reason">For the approver.</param>
/// <param name="IssuedBefore">For a subject or a kid; now when absent.</param>
public sealed record BlockRequest(string Kind, string Issuer, string Value, string Reason, DateTimeOffset? IssuedBefore = null);

/// <summary>HTTP: shows what is blocked, and asks for a decision to block or unblock.</summary>
public sealed class Blocks(ReadBlocklist reader, ProposeBlock propose, TimeProvider clock)
{
    private const int PageSize = 500;
    private const int MaxReason = 512;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/blocks", (string? after, Blocks function, CancellationToken cancel) => function.ListAsync(after, cancel)).ForRoles(Roles.Operator, Roles.Approver, Roles.Reader);
        app.MapGet("/blocks/{id}", (string id, Blocks function, CancellationToken cancel) => function.GetAsync(id, cancel)).ForRoles(Roles.Operator, Roles.Approver, Roles.Reader);
        app.MapPost("/blocks", async (HttpContext context, Blocks function) =>
            await function.PostAsync(await StrictBody.ReadAsync<BlockRequest>(context.Request, context.RequestAborted), context.User.ObjectId(), context.RequestAborted))
            .ForRoles(Roles.Operator);
        app.MapDelete("/blocks/{id}", (string id, string? reason, HttpContext context, Blocks function) => function.DeleteAsync(id, reason, context.User.ObjectId(), context.RequestAborted))
            .ForRoles(Roles.Operator);
    }

    private async Task<IResult> ListAsync(string? after, CancellationToken cancel)
    {
        var (list, unreadable) = await reader.ReadWhatCanBeAsync(cancel);
        var now = clock.GetUtcNow();
        var entries = list.At(now).ToList();
        var page = entries.Where(e => after is null || string.CompareOrdinal(e.Id, after) > 0).OrderBy(e => e.Id, StringComparer.Ordinal).Take(PageSize).ToList();
        return Results.Json(new { number = list.Number, count = entries.Count, blocks = page.Select(View), next = page.Count == PageSize ? page[^1].Id : null, unreadable });
    }

    private async Task<IResult> GetAsync(string id, CancellationToken cancel)
    {
        var (list, unreadable) = await reader.ReadWhatCanBeAsync(cancel);
        return list.Find(id, clock.GetUtcNow()) is { } entry ? Results.Json(View(entry))
            : throw (unreadable.Count == 0 ? Unknown(id) : new BadInputException("blocklist-unreadable", $"'{id}' is not among what can be read; {unreadable.Count} pieces of the blocklist cannot be.", StatusCodes.Status422UnprocessableEntity));
    }

    private async Task<IResult> PostAsync(BlockRequest request, string caller, CancellationToken cancel)
    {
        var kind = request.Kind switch
        {
            "signingInput" => BlockKind.SigningInput,
            "token" => BlockKind.Token,
            "subject" => BlockKind.Subject,
            "kid" => BlockKind.Kid,
            _ => throw new BadInputException("bad-kind", "The kind must be 'signingInput', 'token', 'subject' or 'kid'."),
        };
        if (request.IssuedBefore is not null && kind is not (BlockKind.Subject or BlockKind.Kid))
        {
            throw new BadInputException("bad-issued-before", "Only a subject or a kid has issuedBefore: a hash or jti names its token by itself.");
        }

        return Asked(await propose.BlockAsync(kind, request.Issuer, request.Value, request.IssuedBefore, Reason(request.Reason), caller, cancel));
    }

    private async Task<IResult> DeleteAsync(string id, string? reason, string caller, CancellationToken cancel) =>
        Asked(await propose.UnblockAsync(id, Reason(reason), caller, cancel) ?? throw Unknown(id));

    private static string Reason(string? reason) => reason is { Length: > 0 and <= MaxReason } given
        ? given
        : throw new BadInputException("bad-reason", $"Say why, in 1 to {MaxReason} characters: an approver has to agree.");

    private static IResult Asked(Decision decision) => Results.Json(new { decision = decision.Id, decision.PlanHash, decision.Statement, decision.ExpiresAt }, statusCode: StatusCodes.Status202Accepted);

    private static object View(BlockEntry entry) => new { entry.Id, kind = entry.Kind.ToString(), entry.Issuer, entry.Value, entry.Kid, entry.IssuedBefore, entry.ExpiresAt, entry.Reason, finding = entry.FindingId };

    private static BadInputException Unknown(string id) => new("unknown-block", $"Nothing is blocked as '{id}'.", StatusCodes.Status404NotFound);
}
