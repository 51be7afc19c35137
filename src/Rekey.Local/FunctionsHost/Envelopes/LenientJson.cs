using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Local.FunctionsHost.Envelopes;

/// <summary>Reads JSON as the host's parser does: of a member that is there twice the last one counts.</summary>
internal static class LenientJson
{
    /// <exception cref="JsonException">It is not valid JSON.</exception>
    public static JsonNode? Parse(string text, JsonNodeOptions options = default)
    {
        using var document = JsonDocument.Parse(text);
        return Node(document.RootElement, options);
    }

    private static JsonNode? Node(JsonElement element, JsonNodeOptions options)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var built = new JsonObject(options);
                foreach (var member in element.EnumerateObject())
                {
                    built[member.Name] = Node(member.Value, options);
                }

                return built;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(item => Node(item, options))]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone(), options);
        }
    }
}
