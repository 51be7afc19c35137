using Microsoft.AspNetCore.Mvc;
using Rekey.Core;
using Rekey.Findings.Record;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Findings;

/// <summary>
/// HTTP: lists findings, the most severe first, 200 a page. While the ledger is broken, it lists the last ones read and those that the
/// ledger does not have.
/// </summary>
public sealed class ListFindingsFunction(FindingLedger onRecord, LedgeredFindings findings)
{
    private const int PageSize = 200;

    [Function("ListFindings"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<FindingPage>(StatusCodes.Status200OK)]
    [Query("state", "`open` (the default), or `all` for recently closed ones too.")]
    [Query("after", "The `next` of the previous page.")]
    [Problem(400, "bad-state", "bad-cursor")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "findings")] HttpRequest request)
    {
        var withClosed = (string?)request.Query["state"] switch
        {
            null or "open" => false,
            "all" => true,
            _ => throw new BadInputException("bad-state", "The state must be 'open' or 'all'."),
        };
        var after = (string?)request.Query["after"] is { Length: > 0 } cursor ? FindingCursor.Parse(cursor) : (FindingCursor?)null;
        var recorded = await ReadAsync(request.HttpContext.RequestAborted);
        var all = (withClosed ? recorded.All : recorded.Open).Concat(findings.Unrecorded).DistinctBy(f => f.Id, StringComparer.Ordinal);
        var page = FindingCursor.Page(all, after, PageSize).ToList();
        return Results.Json(
            new FindingPage(page.Select(f => FindingView.Of(f)), page.Count == PageSize ? FindingCursor.Of(page[^1]).ToString() : null)
        );
    }

    private async Task<RecordedFindings> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await onRecord.ReadAsync(cancellationToken);
        }
        catch (CannotContinueException)
        {
            return onRecord.Known;
        }
    }
}
