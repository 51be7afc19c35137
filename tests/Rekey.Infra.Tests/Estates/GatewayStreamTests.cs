using System.Reflection;
using Rekey.AspNetCore.AccessLogs;
using Rekey.AspNetCore.AccessLogs.Rows;

namespace Rekey.Infra.Tests.Estates;

/// <summary>What gateways log beside accepted tokens has a table, and a stream of the rule that they write through.</summary>
public sealed class GatewayStreamTests
{
    [Theory]
    [InlineData("GatewayRefusal", "RefusalRow")]
    [InlineData("GatewayGap", "GapRow")]
    public async Task A_table_and_a_stream_have_the_columns_of_the_row(string stream, string row)
    {
        // The writer adds EventTime.
        var wanted = Row(row).Columns.Select(c => $"{c.Key}:{TypeOf(c.Value)}").Append("EventTime:datetime").ToList();
        var estate = await PredictedEstate.OfAsync("prod");
        var table = Assert.Single(estate.Of("Microsoft.OperationalInsights/workspaces/tables"), t => t.Name == $"{stream}_CL");
        Assert.Equal(wanted, Columns(table["properties.schema.columns"]!));
        var rule = Assert.Single(estate.Of("Microsoft.Insights/dataCollectionRules"), r => r.Name == "dcr-rekey-prod-accesses");
        Assert.Equal(wanted, Columns(rule["properties.streamDeclarations"]![$"Custom-{stream}_CL"]!["columns"]!));
        var flow = Assert.Single(rule["properties.dataFlows"]!.AsArray(), f =>
            f!["streams"]!.AsArray().Single()!.GetValue<string>() == $"Custom-{stream}_CL"
        )!;
        Assert.Equal($"Custom-{stream}_CL", flow["outputStream"]!.GetValue<string>());
    }

    /// <summary>A gateway gets one rule: it has all streams that the gateway can send.</summary>
    [Fact]
    public async Task One_rule_takes_all_that_a_gateway_sends()
    {
        var options = new LogsIngestionOptions();
        string[] streams = [options.AccessStream, "Custom-GatewayGap_CL", "Custom-GatewayRefusal_CL"];
        foreach (var name in new[] { "dev", "prod", "variants/dev-observe" })
        {
            var rules = (await PredictedEstate.OfAsync(name)).Of("Microsoft.Insights/dataCollectionRules").ToList();
            Assert.Equal(2, rules.Count);
            var rule = Assert.Single(rules, r => r.Name.EndsWith("-accesses", StringComparison.Ordinal));
            Assert.Equal(streams, rule["properties.streamDeclarations"]!.AsObject().Select(s => s.Key).Order(StringComparer.Ordinal));
        }
    }

    /// <summary>A row with a value in each column.</summary>
    private static GatewayRow Row(string name)
    {
        var type = typeof(GatewayRow).Assembly.GetType($"{typeof(GatewayRow).Namespace}.{name}", throwOnError: true)!;
        var constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Single();
        var row = (GatewayRow)constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p.ParameterType))]);
        foreach (var property in type.GetProperties().Where(p => p.CanWrite))
        {
            property.SetValue(row, Value(property.PropertyType));
        }

        return row;
    }

    private static object? Value(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            var t when t == typeof(string) => "x",
            var t when t == typeof(long) => 1L,
            var t when t == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch,
            // The caller of a request: its three texts.
            var t => Activator.CreateInstance(t, "x", "x", "x"),
        };

    private static string TypeOf(object? value) =>
        value switch
        {
            string => "string",
            long => "long",
            bool => "boolean",
            DateTimeOffset => "datetime",
            _ => $"a column of {value?.GetType().Name ?? "no type"}",
        };

    private static IEnumerable<string> Columns(System.Text.Json.Nodes.JsonNode columns) =>
        columns.AsArray().Select(c => $"{c!["name"]}:{c["type"]}");
}
