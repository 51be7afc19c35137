using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Functions.Wire;

/// <summary>Takes secrets out of an input before it is kept.</summary>
public static class Redaction
{
    private static readonly string[] Secret = ["clientState", "token", "secret", "password", "authorization", "code", "key_hsm", "data_base64", "x-functions-key"];

    private const string Removed = "(removed)";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The input with secret members blanked; null when it is no JSON object or array, has a member twice, or is longer than
    /// <paramref name="limit"/>: nobody can tell what is in it. JSON inside a string is removed whole.</summary>
    public static string? Clean(JsonElement value, int limit)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) || value.GetRawText().Length > limit)
        {
            return null;
        }

        try
        {
            var node = JsonNode.Parse(value.GetRawText(), nodeOptions: null, Strict)!;
            Blank(node);
            return node.ToJsonString();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Blank(JsonNode node)
    {
        if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                if (HoldsJson(array[i]))
                {
                    array[i] = Removed;
                }
                else if (array[i] is { } item)
                {
                    Blank(item);
                }
            }
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, member) in members.ToList())
            {
                if (Secret.Contains(name, StringComparer.OrdinalIgnoreCase) || HoldsJson(member))
                {
                    members[name] = Removed;
                }
                else if (member is not null)
                {
                    Blank(member);
                }
            }
        }
    }

    private static bool HoldsJson(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && text.AsSpan().TrimStart() is ['{' or '[' or '"', ..];
}
