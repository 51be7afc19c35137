using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core;

namespace Rekey.Functions.Wire.DeadLetters;

/// <summary>Gives what a dead letter keeps of an input and of the words about it.</summary>
internal static class Redaction
{
    /// <summary>The member that counts what an object lost.</summary>
    private const string Removed = "(removed)";

    /// <summary>A shorter text of the input is no secret, and the words may contain it by chance.</summary>
    private const int ShortestSecret = 6;

    /// <summary>Ids and times are kept as they are written, so that people can search for them.</summary>
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gives the members of the input that the function's dead letters keep; in each object the number of the dropped ones. Null
    /// when nothing is kept, or when the input is no JSON object.</summary>
    public static string? Body(string function, JsonElement value)
    {
        try
        {
            var members = KeptMembers.Of(function);
            return value.ValueKind is JsonValueKind.Object && Kept(value, "", members) is { Count: > 0 } kept
                ? kept.ToJsonString(AsWritten)
                : null;
        }
        catch (InvalidOperationException)
        {
            // The name of a member is no text.
            return null;
        }
    }

    /// <summary>Gives the words about the input without texts of the input that the body does not keep, and without what looks like a
    /// secret.</summary>
    public static string Words(string words, JsonElement value, string? body)
    {
        var dropped = Texts(value)
            .Where(t => t.Length >= ShortestSecret && body?.Contains(t, StringComparison.Ordinal) is not true)
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(t => t.Length);
        foreach (var text in dropped)
        {
            words = words.Replace(text, Secrets.Removed, StringComparison.Ordinal);
        }

        return Secrets.Without(words);
    }

    private static JsonObject Kept(JsonElement value, string path, IReadOnlyDictionary<string, Func<JsonElement, bool>> members)
    {
        var (kept, dropped) = (new JsonObject(), 0);
        foreach (var member in value.EnumerateObject())
        {
            var at = path + member.Name;
            if (kept.ContainsKey(member.Name))
            {
                // A member twice: it is unknown which one was meant.
                kept.Remove(member.Name);
                dropped += 2;
            }
            else if (members.TryGetValue(at, out var form) && form(member.Value))
            {
                kept[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            }
            else if (
                member.Value.ValueKind is JsonValueKind.Object
                && members.Keys.Any(m => m.StartsWith($"{at}.", StringComparison.Ordinal))
                && Kept(member.Value, $"{at}.", members) is { Count: > 0 } inner
            )
            {
                kept[member.Name] = inner;
            }
            else
            {
                dropped++;
            }
        }

        if (dropped > 0)
        {
            kept[Removed] = dropped;
        }

        return kept;
    }

    private static IEnumerable<string> Texts(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().SelectMany(m => Texts(m.Value).Prepend(Name(m))),
            JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
            JsonValueKind.String => value.Text() is { } text ? [text] : [],
            JsonValueKind.Number => [value.GetRawText()],
            _ => [],
        };

    private static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
