using Rekey.Blocking;
using Rekey.Functions.Security;

namespace Rekey.Functions.Blocking;

/// <summary>HTTP: what is blocked, a page at a time.</summary>
public sealed class ListBlocksFunction(ReadBlocklist reader, TimeProvider clock)
{
    private const int PageSize = 500;

    [Function("ListBlocks"), Authorize(Roles = Roles.Viewers)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blocks")] HttpRequest request)
    {
        var after = (string?)request.Query["after"];
        var list = await reader.ReadAsync(request.HttpContext.RequestAborted);
        var entries = list.At(clock.GetUtcNow()).ToList();
        var page = entries.Where(e => after is null || string.CompareOrdinal(e.Id, after) > 0).OrderBy(e => e.Id, StringComparer.Ordinal)
            .Take(PageSize).ToList();
        return Results.Json(new { number = list.Number, count = entries.Count, blocks = page.Select(BlockView.Of),
            next = page.Count == PageSize ? page[^1].Id : null });
    }
}
