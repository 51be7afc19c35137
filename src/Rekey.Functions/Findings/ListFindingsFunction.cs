using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.Lists;

namespace Rekey.Functions.Findings;

/// <summary>
/// HTTP: lists findings, the most severe first and then those that were seen first most recently. While the ledger is broken, it lists
/// the last ones read and those that the ledger does not have.
/// </summary>
public sealed class ListFindingsFunction(FindingLedger onRecord, LedgeredFindings findings)
{
    [Function("ListFindings"), Authorize(Roles = Roles.Viewers), Paged]
    [ProducesResponseType<FindingPage>(StatusCodes.Status200OK)]
    [Query("state", "`open` (the default), or `all` for recently closed ones too.", Example = "all")]
    [Query("kind", "A kind of findings, such as `unknown-version`: only these.", Example = "unknown-version")]
    [Query("severity", "`Low`, `Medium`, `High` or `Critical`: only findings that are at least as severe.", Example = "High")]
    [Query("about", "The subject of a finding, or its beginning, such as the id of a key: only findings about it.")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "findings")] HttpRequest request)
    {
        var list = new ListRequest(request);
        var withClosed = list.Choice("state", "open", "all") is "all";
        var (kind, severity, about) = (list.Text("kind"), list.Choice<Severity>("severity"), list.Text("about"));
        var recorded = await ReadAsync(request.HttpContext.RequestAborted);
        var (page, next) = list.Page(
            (withClosed ? recorded.All : recorded.Open)
                .Concat(findings.Unrecorded)
                .DistinctBy(f => f.Id, StringComparer.Ordinal)
                .Where(f => kind is null || string.Equals(f.Kind, kind, StringComparison.OrdinalIgnoreCase))
                .Where(f => severity is null || f.Severity >= severity)
                .Where(f => about is null || f.About.StartsWith(about, StringComparison.OrdinalIgnoreCase)),
            PlaceOf
        );
        return Results.Json(new FindingPage(page.Select(f => FindingView.Of(f)), next));
    }

    /// <summary>The place by facts that rarely change: one that was seen again keeps its place.</summary>
    private static string PlaceOf(Finding finding) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Severity.Critical - finding.Severity}{ListRequest.NewestFirst(finding.FirstSeen, finding.Id)}"
        );

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
