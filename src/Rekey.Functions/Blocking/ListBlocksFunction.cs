using Microsoft.AspNetCore.Mvc;
using Rekey.Blocking.Record;
using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Security;
using Rekey.Functions.Wire.Lists;

namespace Rekey.Functions.Blocking;

/// <summary>HTTP: lists the entries of the blocklist with reason and expiry.</summary>
public sealed class ListBlocksFunction(ReadBlocklist reader, TimeProvider timeProvider)
{
    [Function("ListBlocks"), Authorize(Roles = Roles.Viewers), Paged]
    [ProducesResponseType<BlockPage>(StatusCodes.Status200OK)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blocks")] HttpRequest request)
    {
        var list = new ListRequest(request);
        var blocklist = await reader.ReadAsync(request.HttpContext.RequestAborted);
        var entries = blocklist.At(timeProvider.GetUtcNow()).ToList();
        var (page, next) = list.Page(entries, e => e.Id);
        return Results.Json(new BlockPage(blocklist.Number, entries.Count, page.Select(BlockView.Of), next));
    }
}
