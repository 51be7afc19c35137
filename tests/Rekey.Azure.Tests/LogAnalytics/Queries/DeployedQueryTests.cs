using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Azure.Tests.LogAnalytics.Parser;
using Rekey.Detections;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>What the deployment puts into a workspace (<c>infra/kql</c>), read by Microsoft's own parser: the two functions that sweeps
/// read, and the alerts.</summary>
[Collection(nameof(KqlParser))]
public sealed class DeployedQueryTests(KqlParser parser)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "deployed");

    /// <summary>The tables that the deployment makes, and what alerts read of Azure's own ("Azure Monitor table reference").</summary>
    private static readonly Dictionary<string, string> Tables = new(StringComparer.Ordinal)
    {
        ["TokenIssuance_CL"] = Schema(WorkspaceRows.Columns(LogViews.TokenIssuance)),
        ["GatewayAccess_CL"] = Schema(WorkspaceRows.Columns(LogViews.GatewayAccess)),
        ["AppTraces"] = "(TimeGenerated:datetime, Message:string, SeverityLevel:int)",
        ["AppMetrics"] = "(TimeGenerated:datetime, Name:string, Sum:real, ItemCount:int)",
        ["AZKVAuditLogs"] =
            "(TimeGenerated:datetime, OperationName:string, Id:string, Identity:dynamic, CallerIpAddress:string, "
            + "HttpStatusCode:int, _ResourceId:string)",
        ["AzureActivity"] =
            "(TimeGenerated:datetime, OperationNameValue:string, ActivityStatusValue:string, Caller:string, "
            + "CallerIpAddress:string, _ResourceId:string)",
    };

    public static TheoryData<string, string> Alerts =>
        new()
        {
            { "finding", "" },
            { "silence", "" },
            { "key-copied", "" },
            {
                "right-given",
                "let Deployers = dynamic([\"someone\"]);\nlet KeysGroup = "
                    + "\"/subscriptions/x/resourcegroups/rg-rekey-prod-keys/\";\nlet AppGroup = "
                    + "\"/subscriptions/x/resourcegroups/rg-rekey-prod/\";\nlet WatchedGroups = "
                    + "dynamic([\"/subscriptions/x/resourcegroups/rg-shop/\"]);\n"
            },
        };

    /// <summary>The columns, and when a row arrived: without it no sweep sees one.</summary>
    [Fact]
    public async Task The_functions_are_the_views_that_sweeps_read()
    {
        var readings = await parser.ReadAsync(
            [await TextAsync(LogViews.TokenIssuanceName), await TextAsync(LogViews.GatewayAccessName)],
            Tables
        );
        Assert.All(readings, reading => Assert.Empty(reading.Diagnostics));
        Assert.Equal(
            WorkspaceRows.Columns(LogViews.TokenIssuance).Select(c => $"{c.Name}:{c.Type.Kql}").Append("ArrivedAt:datetime"),
            readings[0].Columns
        );
        Assert.Equal(
            WorkspaceRows.Columns(LogViews.GatewayAccess).Select(c => $"{c.Name}:{c.Type.Kql}").Append("ArrivedAt:datetime"),
            readings[1].Columns
        );

        // And a sweep binds on what they yield.
        var stored = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [LogViews.TokenIssuanceName] = $"({string.Join(", ", readings[0].Columns)})",
            [LogViews.GatewayAccessName] = $"({string.Join(", ", readings[1].Columns)})",
        };
        Assert.Empty(
            Assert.Single(await parser.ReadAsync([DetectionQueries.Prelude() + DetectionQueries.Kql("unissued")], stored)).Diagnostics
        );
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public async Task An_alert_binds(string name, string given)
    {
        var reading = Assert.Single(await parser.ReadAsync([given + await TextAsync(name)], Tables));
        Assert.Empty(reading.Diagnostics);
        Assert.NotEmpty(reading.Columns);
    }

    [Fact]
    public async Task What_a_table_has_not_is_seen()
    {
        var reading = Assert.Single(
            await parser.ReadAsync([(await TextAsync("silence")).Replace("Name ==", "Nmae ==", StringComparison.Ordinal)], Tables)
        );
        Assert.NotEmpty(reading.Diagnostics);
    }

    [Fact]
    public void Every_query_is_looked_at() =>
        Assert.Equal(
            Alerts
                .Select(a => a.Data.Item1)
                .Append(LogViews.GatewayAccessName)
                .Append(LogViews.TokenIssuanceName)
                .Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Folder, "*.kql").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)
        );

    private static string Schema(IEnumerable<ViewColumn> columns) =>
        $"({string.Join(", ", columns.Select(c => $"{c.Name}:{c.Type.Kql}"))})";

    private static Task<string> TextAsync(string name) =>
        File.ReadAllTextAsync(Path.Combine(Folder, $"{name}.kql"), TestContext.Current.CancellationToken);
}
