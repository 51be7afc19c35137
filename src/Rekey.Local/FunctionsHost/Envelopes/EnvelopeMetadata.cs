using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Local.FunctionsHost.Envelopes;

/// <summary>
/// The Metadata of one invocation. Names differ regardless of case, and the members of a trigger value that is a JSON
/// object overwrite what the host itself put there: nothing in Metadata can be trusted.
/// </summary>
internal sealed class EnvelopeMetadata
{
    private readonly Dictionary<string, JsonNode> values = new(StringComparer.OrdinalIgnoreCase);

    public EnvelopeMetadata(string functionName, DateTimeOffset now) => values["sys"] = new JsonObject
    {
        ["MethodName"] = functionName,
        ["UtcNow"] = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK"),
        ["RandGuid"] = Guid.NewGuid().ToString(),
    };

    public void Set(string name, JsonNode value) => values[name] = value;

    /// <summary>Copies the top-level members, lists aside, of a text that holds a JSON object.</summary>
    public void Shadow(string triggerText)
    {
        foreach (var (name, value) in ObjectIn(triggerText).Where(member => member.Value is not JsonArray))
        {
            values[name] = EnvelopeValues.Of(value);
        }
    }

    public JsonObject Build()
    {
        var built = new JsonObject();
        foreach (var (name, value) in values.Where(pair => !pair.Key.EndsWith("trigger", StringComparison.OrdinalIgnoreCase)))
        {
            built[name] = value.DeepClone();
        }

        return built;
    }

    private static JsonObject ObjectIn(string text)
    {
        try
        {
            return text.AsSpan().TrimStart() is ['{', ..] && LenientJson.Parse(text) is JsonObject found ? found : [];
        }
        catch (JsonException)
        {
            // Text that only looks like JSON stays the text it is.
            return [];
        }
    }
}
