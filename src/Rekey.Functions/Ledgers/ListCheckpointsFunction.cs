using System.Text;
using Microsoft.AspNetCore.Mvc;
using Rekey.Compliance;
using Rekey.Functions.Security;
using Rekey.Functions.Wire.Lists;

namespace Rekey.Functions.Ledgers;

/// <summary>
/// HTTP: lists the signed checkpoints of the ledger, the newest first, and then the acceptances, as they are stored. Whether a signature
/// holds is for the reader to check, with a key from elsewhere.
/// </summary>
public sealed class ListCheckpointsFunction(ICheckpoints checkpoints)
{
    /// <summary>The most acceptances that are read. Two approvers make one, so more were planted.</summary>
    private const int MostAcceptances = 1_000;

    [Function("ListCheckpoints"), Authorize(Roles = Roles.Viewers), Paged]
    [ProducesResponseType<CheckpointPage>(StatusCodes.Status200OK)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ledger/checkpoints")] HttpRequest request
    )
    {
        var cancel = request.HttpContext.RequestAborted;
        var list = new ListRequest(request);
        var found = new List<CheckpointView>();

        // 1. A name sorts as the checkpoints do, the newest first. Read one more than a page has: it tells whether there is a next page.
        await foreach (var lines in checkpoints.ListAsync(cancel))
        {
            if (IsAfter(CheckpointName.Of(lines), list.After))
            {
                found.Add(View(CheckpointName.Of(lines), await checkpoints.ReadAsync(lines, cancel)));
            }

            if (found.Count > list.Limit)
            {
                break;
            }
        }

        // 2. Acceptances sort behind every checkpoint.
        if (found.Count <= list.Limit)
        {
            await foreach (var accepted in checkpoints.ReadAcceptancesAsync(cancel).Take(MostAcceptances).WithCancellation(cancel))
            {
                if (IsAfter(CheckpointName.OfAcceptance(accepted.Decision), list.After))
                {
                    found.Add(View(CheckpointName.OfAcceptance(accepted.Decision), accepted.Document));
                }
            }
        }

        var (page, next) = list.Page(found, c => c.Name);
        return Results.Json(new CheckpointPage(page, next));
    }

    private static bool IsAfter(string name, string? place) => place is null || string.CompareOrdinal(name, place) > 0;

    private static CheckpointView View(string name, ReadOnlyMemory<byte> document) => new(name, Encoding.UTF8.GetString(document.Span));
}
