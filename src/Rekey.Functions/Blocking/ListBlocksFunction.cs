using Microsoft.AspNetCore.Mvc;
using Rekey.Blocking.Record;
using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Blocking;

/// <summary>HTTP: lists the entries of the blocklist with reason and expiry, 500 a page.</summary>
public sealed class ListBlocksFunction(ReadBlocklist reader, TimeProvider timeProvider)
{
    private const int PageSize = 500;

    [Function("ListBlocks"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<BlockPage>(StatusCodes.Status200OK)]
    [Query("after", "The `next` of the previous page.")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blocks")] HttpRequest request)
    {
        var after = (string?)request.Query["after"];
        var list = await reader.ReadAsync(request.HttpContext.RequestAborted);
        var entries = list.At(timeProvider.GetUtcNow()).ToList();
        var page = entries
            .Where(e => after is null || string.CompareOrdinal(e.Id, after) > 0)
            .OrderBy(e => e.Id, StringComparer.Ordinal)
            .Take(PageSize)
            .ToList();
        return Results.Json(
            new BlockPage(list.Number, entries.Count, page.Select(BlockView.Of), page.Count == PageSize ? page[^1].Id : null)
        );
    }
}
