using System.Text.Json.Nodes;
using Rekey.Detections;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Tests.Mapping;

/// <summary>The JSON schema of a map, from the names that the reader knows.</summary>
internal static class MapSchema
{
    private static readonly JsonObject Text = new() { ["type"] = "string", ["minLength"] = 1 };

    public static JsonObject Create() =>
        new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Map of log columns for rekey sweep and LogFolder:MappingFile",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject
            {
                ["$schema"] = Text.DeepClone(),
                [LogViews.TokenIssuanceName] = Stream(LogViews.TokenIssuance),
                [LogViews.GatewayAccessName] = Stream(LogViews.GatewayAccess),
                ["csv"] = Reference("csv"),
            },
            ["$defs"] = new JsonObject
            {
                ["path"] = Described(
                    "A column, or a path into nested JSON with dots; a list is a path whose names may contain dots. "
                        + "[type=x] chooses the element of a list whose member type is x.",
                    new() { ["anyOf"] = new JsonArray(Text.DeepClone(), List(Text.DeepClone())) }
                ),
                ["columns"] = new JsonObject { ["anyOf"] = new JsonArray(Reference("path"), FirstOf()) },
                ["patterns"] = Described(
                    "Files of the source: * for any part of a name, ** for any folders.",
                    new() { ["anyOf"] = new JsonArray(Text.DeepClone(), List(Text.DeepClone())) }
                ),
                ["csv"] = Closed(
                    new()
                    {
                        ["delimiter"] = new JsonObject
                        {
                            ["type"] = "string",
                            ["minLength"] = 1,
                            ["maxLength"] = 1,
                        },
                    }
                ),
                ["value"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
                ["values"] = new JsonObject { ["anyOf"] = new JsonArray(Reference("value"), List(Reference("value"))) },
                ["condition"] = Condition(),
                ["text"] = Column([], ["json"]),
                ["audience"] = Column(new() { ["separator"] = Text.DeepClone() }, ["json"]),
                ["time"] = Column(
                    new() { ["timeZone"] = Text.DeepClone() },
                    ["iso-8601", "epoch-seconds", "epoch-milliseconds", "epoch-microseconds", "epoch-nanoseconds"]
                ),
                ["other"] = Column([], []),
            },
        };

    private static JsonObject Stream(IReadOnlyList<ViewColumn> columns)
    {
        var source = Closed(
            new()
            {
                ["files"] = Reference("patterns"),
                ["preset"] = Described("The name of a known exporter.", (JsonObject)Text.DeepClone()),
                ["where"] = Described("Conditions of the rows to judge.", new() { ["type"] = "array", ["items"] = Reference("condition") }),
                ["token"] = Described("The column with the token itself, which is not kept.", Reference("columns")),
                ["csv"] = Reference("csv"),
            }
        );
        foreach (var column in columns)
        {
            source["properties"]![column.Name] =
                column.Type == ColumnType.Time ? Nullable(column, "time")
                : column.Name == nameof(PresentedToken.Aud) ? Nullable(column, "audience")
                : column.Type == ColumnType.Text ? Nullable(column, "text")
                : Nullable(column, "other");
        }

        return new() { ["anyOf"] = new JsonArray(source, List(source.DeepClone())) };
    }

    private static JsonObject Nullable(ViewColumn column, string definition) =>
        column.IsRequired
            ? Reference(definition)
            : new() { ["anyOf"] = new JsonArray(Reference(definition), new JsonObject { ["type"] = "null" }) };

    private static JsonObject Column(JsonObject more, string[] forms)
    {
        var origins = new Dictionary<string, JsonNode>(StringComparer.Ordinal)
        {
            ["from"] = Reference("path"),
            ["firstOf"] = FirstOf()["properties"]!["firstOf"]!,
            ["template"] = Described("Texts and {columns} put together.", (JsonObject)Text.DeepClone()),
            ["folder"] = Described("The value of a folder name=value of the file's path.", (JsonObject)Text.DeepClone()),
            ["constant"] = new JsonObject { ["type"] = "string" },
        };
        var objects = origins.Select(o =>
        {
            var one = Closed(new() { [o.Key] = o.Value.DeepClone() });
            foreach (var (name, schema) in more)
            {
                one["properties"]![name] = schema!.DeepClone();
            }

            if (forms.Length > 0)
            {
                one["properties"]!["form"] = new JsonObject { ["enum"] = new JsonArray([.. forms.Select(f => (JsonNode)f)]) };
            }

            one["required"] = new JsonArray(o.Key);
            return (JsonNode)one;
        });
        return new() { ["anyOf"] = new JsonArray([Reference("path"), .. objects]) };
    }

    private static JsonObject Condition()
    {
        var number = new JsonObject { ["type"] = "number" };
        var condition = Closed(
            new()
            {
                ["column"] = Reference("path"),
                ["is"] = Reference("values"),
                ["isNot"] = Reference("values"),
                ["atLeast"] = number.DeepClone(),
                ["atMost"] = number.DeepClone(),
                ["exists"] = new JsonObject { ["type"] = "boolean" },
            }
        );
        condition["required"] = new JsonArray("column");
        condition["minProperties"] = 2;
        return condition;
    }

    private static JsonObject FirstOf()
    {
        var first = Closed(new() { ["firstOf"] = List(Reference("path")) });
        first["required"] = new JsonArray("firstOf");
        return first;
    }

    private static JsonObject Closed(JsonObject properties) =>
        new()
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };

    private static JsonObject Described(string words, JsonObject schema)
    {
        schema["description"] = words;
        return schema;
    }

    private static JsonObject List(JsonNode items) =>
        new()
        {
            ["type"] = "array",
            ["minItems"] = 1,
            ["items"] = items,
        };

    private static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/$defs/{definition}" };
}
