using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>Reads members of a configuration object and notes what is wrong with each, so that all mistakes come out at once.</summary>
internal sealed class JsonMembers(JsonObject json, string where, List<string> mistakes)
{
    // The host reads its files with a parser that allows comments.
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public JsonObject Json { get; } = json;

    public static JsonMembers? ReadFile(string path, string where, List<string> mistakes)
    {
        try
        {
            var options = new JsonNodeOptions { PropertyNameCaseInsensitive = true };
            if (JsonNode.Parse(File.ReadAllText(path), options, Lenient) is JsonObject read)
            {
                return new JsonMembers(read, where, mistakes);
            }

            mistakes.Add($"{where}: must hold a JSON object.");
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException)
        {
            mistakes.Add($"{where}: is not valid JSON: {unreadable.Message}");
        }
        catch (IOException unreadable)
        {
            mistakes.Add($"{where}: cannot be read: {unreadable.Message}");
        }

        return null;
    }

    public void Mistake(string text) => mistakes.Add($"{where}: {text}.");

    public JsonMembers Object(string name) =>
        Value(name) switch
        {
            null => new JsonMembers([], $"{where}, {name}", mistakes),
            JsonObject found => new JsonMembers(found, $"{where}, {name}", mistakes),
            _ => Wrong<JsonMembers>(name, "an object") ?? new JsonMembers([], $"{where}, {name}", mistakes),
        };

    public string? Text(string name) =>
        Value(name) switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => Wrong<string>(name, "a string"),
        };

    public string? RequiredText(string name)
    {
        if (Value(name) is null)
        {
            Mistake($"{name} is missing");
            return null;
        }

        if (Text(name) is not { } text)
        {
            return null;
        }

        if (text.Length == 0)
        {
            Mistake($"{name} is empty");
        }

        return text;
    }

    public bool Flag(string name, bool otherwise) =>
        Value(name) switch
        {
            null => otherwise,
            JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
            _ => Wrong<object>(name, "true or false") is null && otherwise,
        };

    public int Number(string name, int least, int most, int otherwise)
    {
        if (Value(name) is not { } node)
        {
            return otherwise;
        }

        if (node is JsonValue value && value.TryGetValue<int>(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Wrong<object>(name, most == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}");
        return otherwise;
    }

    public TimeSpan Time(string name, TimeSpan least, TimeSpan otherwise)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= least)
        {
            return time;
        }

        Wrong<object>(name, $"a time (hh:mm:ss) of at least {least:c}");
        return otherwise;
    }

    public IReadOnlyList<string> Texts(string name)
    {
        if (Value(name) is not { } node)
        {
            return [];
        }

        if (node is JsonArray array && array.All(item => item is JsonValue value && value.TryGetValue<string>(out _)))
        {
            return [.. array.Select(item => item!.GetValue<string>())];
        }

        return Wrong<string[]>(name, "a list of strings") ?? [];
    }

    private JsonNode? Value(string name) => Json.TryGetPropertyValue(name, out var value) ? value : null;

    private T? Wrong<T>(string name, string expected)
        where T : class
    {
        Mistake($"{name} must be {expected}");
        return null;
    }
}
