using System.Globalization;
using Rekey.Findings;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Sweeps;

namespace Rekey.Functions;

/// <summary>
/// HTTP: what was found. The numbers are for every reader; the tokens themselves, with subjects and addresses, only for those who have to act on them: reports
/// and audits need counts, and personal data that nobody needs for their task is not shown to them.
/// </summary>
public sealed class FindingsFunction(IRecords<Finding> findings, IRecords<TokenCampaign> campaigns, IRecords<TokenChunk> chunks, ILogger<FindingsFunction> log)
{
    private const int PageSize = 200;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/findings", (string? state, FindingsFunction function, CancellationToken cancel) => function.ListAsync(state, cancel)).ForRoles(Roles.Reader, Roles.Operator, Roles.Approver);
        app.MapGet("/findings/{id}", (string id, string? after, HttpContext context, FindingsFunction function) => function.GetAsync(id, after, context, context.RequestAborted))
            .ForRoles(Roles.Reader, Roles.Operator, Roles.Approver);
    }

    private async Task<IResult> ListAsync(string? state, CancellationToken cancel)
    {
        Func<Finding, bool> wanted = state switch
        {
            null or "open" => f => f.ClosedAt is null,
            "all" => _ => true,
            _ => throw new BadInputException("bad-state", "The state must be 'open' or 'all'."),
        };
        var (found, unreadable) = await findings.ListReadableAsync("finding", cancel);
        return Results.Json(new { findings = found.Where(wanted).OrderByDescending(f => f.Severity).ThenByDescending(f => f.LastSeen).Select(f => View(f)), unreadable });
    }

    private async Task<IResult> GetAsync(string id, string? after, HttpContext context, CancellationToken cancel)
    {
        if (await findings.FindAsync("finding", id, cancel) is not { Value: var finding })
        {
            throw new BadInputException("unknown-finding", $"There is no finding '{id}'.", StatusCodes.Status404NotFound);
        }

        if (finding.Evidence.GetValueOrDefault("campaign") is not { } campaignId || await campaigns.FindReadableAsync(TokenCampaign.All, campaignId, cancel) is (null, null))
        {
            return Results.Json(View(finding));
        }

        // The damage is at least what the rows say that can be read.
        var (rows, unreadable) = await chunks.ListReadableAsync(campaignId, cancel);
        var damage = DamageAssessment.Of(rows);

        // When the key's trust ended is not in the rows; what was told counts it in.
        damage = damage with { DaysExposed = int.TryParse(finding.Evidence.GetValueOrDefault("daysExposed"), CultureInfo.InvariantCulture, out var told) ? Math.Max(told, damage.DaysExposed) : damage.DaysExposed };
        if (!context.User.IsInRole(Roles.Operator) && !context.User.IsInRole(Roles.Approver))
        {
            return Results.Json(View(finding, damage, unreadable: unreadable));
        }

        log.LogInformation("Tokens of a campaign were read. Finding: {Finding}. By: {Caller}", id, context.User.ObjectId());
        var page = rows.SelectMany(r => r.Tokens).OrderBy(t => t.Token.Id, StringComparer.Ordinal).Where(t => after is null || string.CompareOrdinal(t.Token.Id, after) > 0).Take(PageSize).ToList();
        return Results.Json(View(finding, damage, page.Select(View), page.Count == PageSize ? page[^1].Token.Id : null, unreadable));
    }

    private static object View(Finding f, DamageAssessment? damage = null, IEnumerable<object>? tokens = null, string? next = null, IReadOnlyList<string>? unreadable = null) => new
    {
        f.Id,
        f.Kind,
        f.About,
        severity = f.Severity.ToString(),
        f.Title,
        f.Remedy,
        f.Evidence,
        f.FirstSeen,
        f.LastSeen,
        f.RaisedAt,
        f.ClosedAt,
        f.ClosedBecause,
        damage,
        tokens,
        next,
        unreadable,
    };

    private static object View(TrackedToken t) => new
    {
        id = t.Token.Id,
        standing = t.Standing.ToString(),
        t.Token.Iss,
        t.Token.Jti,
        t.Token.Kid,
        t.Token.Sub,
        t.Token.Aud,
        t.Token.IssuedAt,
        t.Token.ExpiresAt,
        t.Token.SigningInputSha256,
        t.Token.KeyThumbprint,
        t.Token.SignatureVerified,
        t.IsPastHold,
        blockedUntil = t.Block is { IsListed: true } block ? block.ExpiresAt : (DateTimeOffset?)null,
        t.Uses,
    };
}
