using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Operators;

/// <summary>The stub speaks as the API's document says.</summary>
public sealed class ApiBodyTests
{
    private static readonly JsonObject Document = JsonNode
        .Parse(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "reference", "openapi.json")))!
        .AsObject();

    public static TheoryData<string> Paths => [.. ApiBodies.All.Select(a => a.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_body_has_the_form_that_the_document_says(string path)
    {
        var (_, name, body) = ApiBodies.All.Single(a => a.Path == path);
        var operation = Document["paths"]!
            .AsObject()
            .Single(p =>
                p.Key == $"/{path.Split('?')[0]}"
                || (
                    p.Key.EndsWith("/{id}", StringComparison.Ordinal)
                    && p.Key == $"/{path.Split('/')[0]}/{{id}}"
                    && path.Contains('/', StringComparison.Ordinal)
                )
            )
            .Value!["get"]!;
        Assert.Equal(
            $"#/components/schemas/{name}",
            operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["$ref"]!.GetValue<string>()
        );
        var schema = new JsonObject { ["$defs"] = Document["components"]!["schemas"]!.DeepClone(), ["$ref"] = $"#/$defs/{name}" };
        using var read = JsonDocument.Parse(body);
        var result = JsonSchema
            .FromText(schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))
            .Evaluate(read.RootElement, new() { OutputFormat = OutputFormat.List });
        Assert.True(
            result.IsValid,
            string.Join(
                '\n',
                (result.Details ?? [])
                    .Where(d => d.Errors is not null)
                    .Select(d => $"{d.InstanceLocation}: {string.Join("; ", d.Errors!.Values)}")
            )
        );
    }
}
