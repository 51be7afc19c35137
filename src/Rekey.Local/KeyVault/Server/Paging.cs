using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace Rekey.Local.KeyVault.Server;

/// <summary>
/// Cuts a list into pages. The token names the last item given, so that a list that changes between two pages loses nothing that was
/// there all the time.
/// </summary>
internal static class Paging
{
    private const int MostItems = 25;

    /// <param name="items">Sorted by <paramref name="idOf"/> in ordinal order.</param>
    public static JsonObject Page<T>(
        HttpRequest request,
        string root,
        IEnumerable<T> items,
        Func<T, string> idOf,
        Func<T, JsonObject> write,
        bool emitEmptyPages
    )
    {
        var size = SizeOf(request);
        var (after, wasEmpty) = ReadToken(request.Query["$skiptoken"].ToString());
        var rest = items.Where(item => after is null || string.CompareOrdinal(idOf(item), after) > 0).Take(size + 1).ToList();

        if (emitEmptyPages && !wasEmpty)
        {
            return Body([], Link(request, root, after, true, size));
        }

        var page = rest.Take(size).ToList();
        var next = rest.Count > size ? Link(request, root, idOf(page[^1]), false, size) : null;
        return Body(page.Select(item => (JsonNode?)write(item)), next);
    }

    private static int SizeOf(HttpRequest request)
    {
        if (!request.Query.TryGetValue("maxresults", out var given))
        {
            return MostItems;
        }

        return int.TryParse(given, out var size) && size is >= 1 and <= MostItems
            ? size
            : throw VaultException.BadParameter($"Invalid maxresults parameter. It must be between 1 and {MostItems}.");
    }

    private static JsonObject Body(IEnumerable<JsonNode?> items, string? next) =>
        new() { ["value"] = new JsonArray([.. items]), ["nextLink"] = next };

    private static string Link(HttpRequest request, string root, string? after, bool wasEmpty, int size)
    {
        var token = new JsonObject { ["NextMarker"] = after, ["Empty"] = wasEmpty }.ToJsonString();
        var page = $"{root}{request.Path}?api-version={request.Query["api-version"]}";
        return $"{page}&$skiptoken={Base64UrlEncoder.Encode(token)}&maxresults={size}";
    }

    private static (string? After, bool WasEmpty) ReadToken(string token)
    {
        if (token.Length == 0)
        {
            return (null, false);
        }

        try
        {
            var parsed = JsonNode.Parse(Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(token)))!;
            return (parsed["NextMarker"]?.GetValue<string>(), parsed["Empty"]!.GetValue<bool>());
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or NullReferenceException)
        {
            throw VaultException.BadParameter("Invalid $skiptoken.");
        }
    }
}
