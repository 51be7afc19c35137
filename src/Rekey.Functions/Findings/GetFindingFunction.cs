using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Rekey.Core.Records;
using Rekey.Detections.Campaigns;
using Rekey.Findings.Record;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.Lists;

namespace Rekey.Functions.Findings;

/// <summary>
/// HTTP: gives one finding, with the damage of a campaign. Every reader gets the numbers. Only operators and approvers, who must act, get
/// the tokens with subjects and addresses, in pages.
/// </summary>
public sealed class GetFindingFunction(
    FindingLedger findings,
    IRecords<TokenCampaign> campaigns,
    IRecords<TokenChunk> chunks,
    ILogger<GetFindingFunction> log
)
{
    [Function("GetFinding"), Authorize(Roles = Roles.Viewers), Paged]
    [ProducesResponseType<FindingView>(StatusCodes.Status200OK)]
    [Problem(403, "no-object-id"), Problem(404, "unknown-finding")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "findings/" + RouteIds.Id)] HttpRequest request
    )
    {
        var (id, list, cancel) = (request.RouteId(), new ListRequest(request), request.HttpContext.RequestAborted);
        if ((await findings.ReadAsync(cancel)).Find(id) is not { } finding)
        {
            throw new BadInputException(
                "unknown-finding",
                $"There is no finding '{id}'. `GET /findings` lists the open ones.",
                StatusCodes.Status404NotFound
            );
        }

        if (
            finding.Evidence.GetValueOrDefault("campaign") is not { } campaignId
            || await campaigns.FindReadableAsync(TokenCampaign.All, campaignId, cancel) is (null, null)
        )
        {
            return Results.Json(FindingView.Of(finding));
        }

        // The damage is a lower bound: only readable rows count.
        var (rows, unreadable) = await chunks.ListReadableAsync(campaignId, cancel);
        var damage = DamageAssessment.Of(rows);

        // The rows lack the end of the key's trust; the finding's evidence includes it.
        damage = damage with
        {
            DaysExposed = int.TryParse(finding.Evidence.GetValueOrDefault("daysExposed"), CultureInfo.InvariantCulture, out var recorded)
                ? Math.Max(recorded, damage.DaysExposed)
                : damage.DaysExposed,
        };
        if (!request.HttpContext.User.IsInRole(Roles.Operator) && !request.HttpContext.User.IsInRole(Roles.Approver))
        {
            return Results.Json(FindingView.Of(finding, damage, unreadable: unreadable));
        }

        log.LogInformation(
            "A caller read the tokens of a campaign. Finding: {Finding}. By: {Caller}",
            id,
            request.HttpContext.User.ObjectId()
        );
        var (page, next) = list.Page(rows.SelectMany(r => r.Tokens), t => t.Token.Id);
        return Results.Json(FindingView.Of(finding, damage, page.Select(ForgedTokenView.Of), next, unreadable));
    }
}
