using Rekey.Findings;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Findings;

/// <summary>HTTP: what was found, the worst first.</summary>
public sealed class ListFindingsFunction(IRecords<Finding> findings)
{
    [Function("ListFindings"), Authorize(Roles = Roles.Viewers)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "findings")] HttpRequest request)
    {
        Func<Finding, bool> wanted = (string?)request.Query["state"] switch
        {
            null or "open" => f => f.ClosedAt is null,
            "all" => _ => true,
            _ => throw new BadInputException("bad-state", "The state must be 'open' or 'all'."),
        };
        var (found, unreadable) = await findings.ListReadableAsync("finding", request.HttpContext.RequestAborted);
        return Results.Json(new { findings = found.Where(wanted).OrderByDescending(f => f.Severity).ThenByDescending(f => f.LastSeen)
            .Select(f => FindingView.Of(f)), unreadable });
    }
}
