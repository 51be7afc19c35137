using System.Text.Json.Nodes;

namespace Rekey.Cli.Server;

/// <summary>A list that was read page by page.</summary>
/// <param name="Whole">The first page as the server sent it, with the items of all pages that were read.</param>
/// <param name="Items">The items in it; null when the answer is no list.</param>
/// <param name="HasMore">Whether the server has more items than the limit.</param>
internal sealed record ItemList(JsonNode? Whole, JsonArray? Items, bool HasMore);
