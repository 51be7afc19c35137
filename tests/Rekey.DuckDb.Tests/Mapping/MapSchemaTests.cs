using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Rekey.Core;
using Rekey.Detections;
using Rekey.DuckDb.Mapping;
using Rekey.Functions.Tests.Reference;

namespace Rekey.DuckDb.Tests.Mapping;

/// <summary>The published JSON schema of a map accepts what the reader accepts, and refuses what it refuses.</summary>
public sealed class MapSchemaTests
{
    private static readonly string[] Columns =
    [
        "\"a.b\"",
        "[\"a\", \"b.c\"]",
        "{ \"from\": \"a\" }",
        "{ \"firstOf\": [\"a\", [\"b\"]] }",
        "{ \"template\": \"x/{a.b}\" }",
        "{ \"folder\": \"Iss\" }",
        "{ \"constant\": \"\" }",
        "null",
        "5",
        "[]",
        "{}",
        "{ \"from\": \"a\", \"constant\": \"b\" }",
        "{ \"form\": \"json\" }",
        "{ \"firstOf\": [] }",
        "{ \"firstOf\": \"a\" }",
        "{ \"from\": \"a\", \"form\": \"epoch-seconds\" }",
        "{ \"firstOf\": [\"a\"], \"form\": \"iso-8601\" }",
        "{ \"from\": \"a\", \"form\": \"json\" }",
        "{ \"from\": \"a\", \"timeZone\": \"Europe/Berlin\" }",
        "{ \"from\": \"a\", \"separator\": \"|\" }",
        "{ \"from\": \"a\", \"sql\": \"b\" }",
    ];

    private static readonly string[] Sources =
    [
        "{ \"files\": \"*.csv\" }",
        "{ \"files\": [\"a\", \"b/**\"] }",
        "{ \"files\": [] }",
        "{ \"files\": \"\" }",
        "{ \"preset\": \"kong-http-log\" }",
        "{ \"preset\": 5 }",
        "{ \"token\": \"a.b\" }",
        "{ \"token\": { \"firstOf\": [\"a\"] } }",
        "{ \"token\": { \"constant\": \"a\" } }",
        "{ \"csv\": { \"delimiter\": \";\" } }",
        "{ \"csv\": { \"delimiter\": \";;\" } }",
        "{ \"csv\": { \"quote\": \";\" } }",
        "{ \"where\": [] }",
        "{ \"where\": {} }",
        "{ \"where\": [{ \"column\": \"a\" }] }",
        "{ \"where\": [{ \"column\": \"a\", \"is\": \"x\" }, { \"column\": [\"a\"], \"isNot\": [1, true, \"x\"] }] }",
        "{ \"where\": [{ \"column\": \"a\", \"is\": [] }] }",
        "{ \"where\": [{ \"column\": \"a\", \"atLeast\": 200, \"atMost\": 399.5, \"exists\": true }] }",
        "{ \"where\": [{ \"column\": \"a\", \"atLeast\": \"200\" }] }",
        "{ \"where\": [{ \"is\": \"x\", \"isNot\": \"y\" }] }",
        "{ \"where\": [{ \"column\": \"a\", \"exists\": \"yes\" }] }",
        "{ \"Wher\": [] }",
        "[]",
        "[{ \"files\": \"a\" }, {}]",
        "[[]]",
        "\"a\"",
    ];

    private static readonly string[] Maps =
    [
        "{}",
        "[]",
        "{ \"$schema\": \"map.schema.json\" }",
        "{ \"csv\": { \"delimiter\": \"|\" } }",
        "{ \"Tokens\": {} }",
    ];

    [Fact]
    public void The_schema_is_what_the_reader_says() =>
        ReferencePage.Hold("map.schema.json", $"{MapSchema.Create().ToJsonString(new() { WriteIndented = true })}\n");

    [Fact]
    public void Schema_and_reader_agree_about_every_form()
    {
        var schema = JsonSchema.FromText(MapSchema.Create().ToJsonString());
        var views = new[] { (LogViews.TokenIssuanceName, LogViews.TokenIssuance), (LogViews.GatewayAccessName, LogViews.GatewayAccess) };
        var maps = Maps.Concat(
                from view in views
                from column in view.Item2
                from value in Columns
                select $$"""{ "{{view.Item1}}": { "{{column.Name}}": {{value}} } }"""
            )
            .Concat(Sources.Select(s => $$"""{ "GatewayAccess": {{s}} }"""));
        var (accepted, refused) = (0, 0);
        foreach (var map in maps)
        {
            var isValid = schema.Evaluate(JsonElement.Parse(map)).IsValid;
            Assert.True(isValid == IsRead(map), $"{map}: the schema says {isValid}.");
            _ = isValid ? accepted++ : refused++;
        }

        Assert.True(accepted > 100 && refused > 100);
    }

    [Fact]
    public void Each_example_of_the_page_is_a_map()
    {
        var page = File.ReadAllText(Path.Combine(ReferencePage.Repository, "docs", "maps.md"));
        var examples = page.Split("```json\n").Skip(1).Select(p => p[..p.IndexOf("```", StringComparison.Ordinal)]).ToList();
        var schema = JsonSchema.FromText(MapSchema.Create().ToJsonString());
        Assert.True(examples.Count > 4);
        foreach (var example in examples.Where(e => !e.Contains("\"recognise\"", StringComparison.Ordinal)))
        {
            _ = LogMapping.Parse(example, "docs/maps.md");
            Assert.True(schema.Evaluate(JsonElement.Parse(example)).IsValid, example);
        }

        foreach (var preset in LogPresets.BuiltIn.All)
        {
            Assert.Contains($"`{preset.Name}`", page);
        }
    }

    [Theory]
    [InlineData("""{ "GatewayAcces": {} }""", "GatewayAccess")]
    [InlineData("""{ "GatewayAccess": { "jti": "x" } }""", "Jti")]
    [InlineData("""{ "GatewayAccess": { "wher": [] } }""", "where")]
    [InlineData("""{ "GatewayAccess": { "Jti": { "form_": "x" } } }""", "form")]
    [InlineData("""{ "GatewayAccess": { "where": [{ "colum": "x" }] } }""", "column")]
    [InlineData("""{ "GatewayAccess": { "csv": { "delimeter": ";" } } }""", "delimiter")]
    [InlineData("""{ "GatewayAccess": [{ "preset": "kong" }] }""", "kong-http-log")]
    [InlineData("""{ "TokenIssuance": { "preset": "keycloack-events" } }""", "keycloak-events")]
    public void A_wrong_name_is_an_error_with_the_nearest_right_one(string map, string nearest) =>
        Assert.Contains($"did you mean '{nearest}'?", Assert.Throws<CannotContinueException>(() => LogMapping.Parse(map, "m")).Message);

    private static bool IsRead(string map)
    {
        try
        {
            _ = LogMapping.Parse(map, "m");
            return true;
        }
        catch (CannotContinueException e)
        {
            Assert.Equal("bad-mapping", e.Reason);
            return false;
        }
    }
}
