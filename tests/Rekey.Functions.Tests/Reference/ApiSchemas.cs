using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Tests.Reference;

/// <summary>The JSON Schema of requests and answers, as System.Text.Json reads and writes them, each once by its name.</summary>
internal sealed class ApiSchemas
{
    private static readonly JsonSerializerOptions Requests = new(StrictBody.Options)
    {
        NumberHandling = JsonNumberHandling.Strict,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly JsonSerializerOptions Answers = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        RespectNullableAnnotations = true,
    };

    /// <summary>By name, in the order of the names.</summary>
    public SortedDictionary<string, JsonNode> All { get; } = new(StringComparer.Ordinal);

    public JsonObject Request(Type type) => Reference(type, Requests, (context, schema) => Describe(context, schema));

    /// <summary>What is always written is required: an answer leaves a member out only where it says so.</summary>
    public JsonObject Answer(Type type) => Reference(type, Answers, (context, schema) =>
        {
            if (schema is JsonObject form && form["properties"] is JsonObject members)
            {
                var optional = context.TypeInfo.Properties.Where(IsLeftOut).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
                form["required"] = new JsonArray([
                    .. members.Select(m => m.Key).Where(m => !optional.Contains(m)).Select(m => JsonValue.Create(m)),
                ]);
            }

            return Describe(context, schema);
        });

    private JsonObject Reference(Type type, JsonSerializerOptions options, Func<JsonSchemaExporterContext, JsonNode, JsonNode> transform)
    {
        if (type == typeof(string) || type == typeof(object))
        {
            return new() { ["type"] = type == typeof(string) ? "string" : "object" };
        }

        All.TryAdd(
            type.Name,
            options.GetJsonSchemaAsNode(type, new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = transform })
        );
        return new() { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    private static bool IsLeftOut(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: false).Length > 0;

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        // Any value at all is the schema true, which not every reader of OpenAPI takes; an empty one says the same.
        var form = schema as JsonObject ?? new JsonObject();
        if (
            (context.PropertyInfo?.AttributeProvider is PropertyInfo property ? XmlDocs.Of(property) : XmlDocs.Of(context.TypeInfo.Type)) is
            { } text
        )
        {
            form.Insert(0, "description", text);
        }

        return form;
    }
}
