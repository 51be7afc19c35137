using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Functions.Wire;

/// <summary>Takes secrets out of an input before it is kept.</summary>
public static class Redaction
{
    private static readonly string[] Secret = ["clientState", "token", "secret", "password", "authorization", "code", "key_hsm", "x-functions-key"];

    /// <summary>The input with secret members blanked; null when it is no JSON object or array, or longer than <paramref name="limit"/>: nobody can tell what is in it.</summary>
    public static string? Clean(JsonElement value, int limit)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) || value.GetRawText().Length > limit)
        {
            return null;
        }

        var node = JsonNode.Parse(value.GetRawText())!;
        Blank(node);
        return node.ToJsonString();
    }

    private static void Blank(JsonNode node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array.OfType<JsonNode>())
            {
                Blank(item);
            }
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, member) in members.ToList())
            {
                if (Secret.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    members[name] = "(removed)";
                }
                else if (member is not null)
                {
                    Blank(member);
                }
            }
        }
    }
}
