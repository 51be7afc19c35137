using System.Text.Json.Nodes;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Publishing;

/// <summary>main.bicep as a release attaches it: compiled, once a run.</summary>
internal static class CompiledTemplate
{
    private static readonly Lazy<Task<JsonObject>> Once = new(CompileAsync);

    public static Task<JsonObject> ReadAsync() => Once.Value;

    /// <summary>What a reference to one of the definitions means; anything else as it is.</summary>
    public static JsonObject Resolved(JsonObject template, JsonNode node)
    {
        while (node["$ref"] is { } reference)
        {
            node = template["definitions"]![reference.GetValue<string>().Split('/')[^1]]!;
        }

        return node.AsObject();
    }

    private static async Task<JsonObject> CompileAsync()
    {
        var (exit, output) = await Bicep.RunAsync("build", Path.Combine(Bicep.Infra, "main.bicep"), "--stdout");
        Assert.True(exit == 0, output);
        return JsonNode.Parse(output)!.AsObject();
    }
}
