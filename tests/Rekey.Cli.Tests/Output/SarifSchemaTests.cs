using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Output;

/// <summary>SARIF logs are valid by the published schema.</summary>
public sealed class SarifSchemaTests(SampleFixture sample) : IClassFixture<SampleFixture>
{
    private static readonly JsonSchema Schema = Load();

    [Fact]
    public async Task A_sweep_with_findings_and_one_with_warnings_are_valid()
    {
        Valid((await sample.SweepAsync("--output", "sarif", "--quiet")).Ended(2).Output);
        using var folder = new TemporaryFolder();
        folder.WriteHonest();
        folder.Write("access/.hidden.ndjson", "x");
        folder.Write("access/b.ndjson", "no json\n");
        Valid((await folder.SweepAsync("--output", "sarif")).Ended(1).Output);
    }

    [Fact]
    public void The_schema_refuses_what_is_no_SARIF() =>
        Assert.False(Evaluate("""{"version":"2.1.0","runs":[{"tool":{"driver":{}},"results":[{"message":{}}]}]}""").IsValid);

    private static void Valid(string log)
    {
        var result = Evaluate(log);
        var errors = (result.Details ?? [])
            .Where(d => d.Errors is not null)
            .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation} {e.Value}"));
        Assert.True(result.IsValid, string.Join("; ", errors));
    }

    private static EvaluationResults Evaluate(string log)
    {
        using var document = JsonDocument.Parse(log);
        return Schema.Evaluate(document.RootElement, new() { OutputFormat = OutputFormat.List });
    }

    /// <summary>The validator knows drafts from 6 on: what the schema uses of draft 4 means the same in draft 7, but for
    /// <c>id</c>.</summary>
    private static JsonSchema Load()
    {
        using var file = typeof(SarifSchemaTests).Assembly.GetManifestResourceStream("sarif-2.1.0-rtm.5.json")!;
        var schema = JsonNode.Parse(file)!.AsObject();
        schema.Remove("id");
        schema["$schema"] = "http://json-schema.org/draft-07/schema#";
        return JsonSchema.FromText(schema.ToJsonString());
    }
}
