using System.Text.Json.Nodes;

namespace Rekey.Cli.Output.Items;

/// <summary>A column of a list.</summary>
/// <param name="Of">Takes the value from an item; null when the item has none.</param>
internal sealed record ItemColumn(string Header, Func<JsonObject, JsonNode?> Of)
{
    /// <summary>A column of the first of these members that an item has. A dot leads into an object.</summary>
    public static ItemColumn At(string header, params string[] paths) =>
        new(header, item => paths.Select(p => Follow(item, p)).FirstOrDefault(v => v is not null));

    private static JsonNode? Follow(JsonNode? item, string path) =>
        path.Split('.').Aggregate(item, (at, name) => (at as JsonObject)?[name]);
}
