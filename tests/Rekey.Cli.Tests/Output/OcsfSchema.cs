using System.Net;
using System.Text.Json.Nodes;

namespace Rekey.Cli.Tests.Output;

/// <summary>Checks events by the definitions in <c>Schemas/ocsf-1.8.0.json</c>.</summary>
internal sealed class OcsfSchema
{
    /// <summary>In milliseconds, 2001 to 2286: a time in seconds or in microseconds lies outside.</summary>
    private const long Earliest = 1_000_000_000_000;
    private const long Latest = 9_999_999_999_999;

    private const string Other = "99";

    private readonly JsonObject _schema;

    public OcsfSchema()
    {
        using var file = typeof(OcsfSchema).Assembly.GetManifestResourceStream("ocsf-1.8.0.json")!;
        _schema = JsonNode.Parse(file)!.AsObject();
    }

    public string Version => (string)_schema["version"]!;

    /// <summary>Every rule that the event breaks, with the path of the attribute. None when it is valid.</summary>
    public IReadOnlyList<string> ErrorsOf(JsonObject @event)
    {
        var errors = new List<string>();
        var uid = @event["class_uid"] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 0;
        if (_schema["classes"]!.AsObject().Select(c => c.Value!.AsObject()).SingleOrDefault(c => (int?)c["uid"] == uid) is not { } leaf)
        {
            return [$"class_uid: no class {uid}"];
        }

        var definition = Extended(leaf);
        Check("", @event, definition, errors);
        if (errors.Count == 0)
        {
            CheckClassification(@event, definition, errors);
        }

        return errors;
    }

    /// <summary>The class with the attributes of the classes that it extends; its own members come last.</summary>
    private JsonObject Extended(JsonObject definition)
    {
        var own = definition.DeepClone().AsObject();
        if ((string?)definition["extends"] is not { } parent)
        {
            return own;
        }

        var all = Extended(_schema["classes"]![parent]!.AsObject());
        Merge(all, own);
        return all;
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (into[name] is JsonObject inner && value is JsonObject more)
            {
                Merge(inner, more);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }

    private void CheckClassification(JsonObject @event, JsonObject definition, List<string> errors)
    {
        var category = _schema["categories"]![(string)definition["category"]!]!;
        var (caption, activity) = ((string)definition["caption"]!, (string)@event["activity_name"]!);
        Same("category_uid", (int)category["uid"]!);
        Same("category_name", (string)category["caption"]!);
        Same("class_name", caption);
        Same("type_uid", ((int)@event["class_uid"]! * 100) + (int)@event["activity_id"]!);
        Same("type_name", $"{caption}: {activity}");
        if ((string)@event["metadata"]!["version"]! != Version)
        {
            errors.Add($"metadata.version: not {Version}");
        }

        void Same(string name, JsonNode expected)
        {
            if (!JsonNode.DeepEquals(@event[name], expected))
            {
                errors.Add($"{name}: not {expected}");
            }
        }
    }

    private void Check(string path, JsonObject written, JsonObject definition, List<string> errors)
    {
        var attributes = definition["attributes"]!.AsObject();
        foreach (var (name, value) in written)
        {
            if (attributes[name] is not JsonObject attribute)
            {
                errors.Add($"{path}{name}: unknown");
            }
            else if ((bool?)attribute["is_array"] is not true)
            {
                CheckValue(path + name, value, attribute, errors);
                CheckSibling(path, name, written, attribute, errors);
            }
            else if (value is not JsonArray array)
            {
                errors.Add($"{path}{name}: not an array");
            }
            else
            {
                for (var i = 0; i < array.Count; i++)
                {
                    CheckValue($"{path}{name}[{i}]", array[i], attribute, errors);
                }
            }
        }

        errors.AddRange(
            attributes
                .Where(a => (string?)a.Value!["requirement"] == "required" && !written.ContainsKey(a.Key))
                .Select(a => $"{path}{a.Key}: required")
        );
        if (definition["constraints"]?["at_least_one"] is JsonArray names && !names.Any(n => written.ContainsKey((string)n!)))
        {
            errors.Add($"{path}: at least one of {string.Join(", ", names.Select(n => (string)n!))}");
        }
    }

    private void CheckValue(string path, JsonNode? value, JsonObject attribute, List<string> errors)
    {
        var (type, of) = ((string)attribute["type"]!, (string?)attribute["object_type"]);
        if (!IsOf(type, value))
        {
            errors.Add($"{path}: not {type}");
        }
        else if (attribute["enum"] is JsonObject values && !values.ContainsKey(value!.ToString()))
        {
            errors.Add($"{path}: {value} is not in the enum");
        }
        else if (of is not null and not "object")
        {
            if (_schema["objects"]![of] is JsonObject definition)
            {
                Check(path + ".", value!.AsObject(), definition, errors);
            }
            else
            {
                errors.Add($"{path}: the schema file has no definition of {of}");
            }
        }
    }

    /// <summary>The text beside a number is its caption; beside "other", the source's own word.</summary>
    private static void CheckSibling(string path, string name, JsonObject written, JsonObject attribute, List<string> errors)
    {
        if (attribute["enum"] is not JsonObject values || (string?)attribute["sibling"] is not { } sibling)
        {
            return;
        }

        var (number, text) = (written[name]?.ToString() ?? "", written[sibling]?.ToString());
        if (!values.ContainsKey(number))
        {
            return;
        }

        var right = number == Other ? text is { Length: > 0 } : text == (string?)values[number]!["caption"];
        if (!right)
        {
            errors.Add($"{path}{sibling}: {text} beside {number}");
        }
    }

    private static bool IsOf(string type, JsonNode? node) =>
        type switch
        {
            "json_t" => node is not null,
            "object_t" => node is JsonObject,
            "boolean_t" => node is JsonValue value && value.TryGetValue<bool>(out _),
            "integer_t" or "port_t" => node is JsonValue value && value.TryGetValue<int>(out _),
            "long_t" => node is JsonValue value && value.TryGetValue<long>(out _),
            "timestamp_t" => node is JsonValue value && value.TryGetValue<long>(out var time) && time is >= Earliest and <= Latest,
            "ip_t" => node is JsonValue value && value.TryGetValue<string>(out var text) && IPAddress.TryParse(text, out _),
            "string_t" or "hostname_t" or "mac_t" or "resource_uid_t" or "url_t" => node is JsonValue value
                && value.TryGetValue<string>(out _),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The test does not know this type."),
        };
}
