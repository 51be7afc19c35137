using Rekey.Azure.LogAnalytics;
using Rekey.Azure.Tests.LogAnalytics.Parser;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Departures.Reconciling.Sources;

namespace Rekey.Azure.Tests.LogAnalytics;

/// <summary>Which accounts were closed and opened, by the workspace's AuditLogs.</summary>
[Collection(nameof(KqlParser))]
public sealed class AccountAuditTests(KqlParser parser)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly string[] Columns = ["At:datetime", "OperationName:string", "CorrelationId:string", "Targets:string"];
    private const string Person = "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb";

    [Fact]
    public async Task The_query_binds_to_the_table_of_Entra()
    {
        var reading = Assert.Single(
            await parser.ReadAsync(
                [$"let ArrivedSince = datetime(2026-01-01);\n{AccountActsQuery.Kql}"],
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["AuditLogs"] =
                        "(TimeGenerated:datetime, ActivityDateTime:datetime, OperationName:string, Result:string, CorrelationId:string, "
                        + "TargetResources:dynamic)",
                }
            )
        );
        Assert.Empty(reading.Diagnostics);
        Assert.Equal(Columns, reading.Columns);
    }

    [Fact]
    public async Task Rows_are_acts()
    {
        await using var workspace = await Workspace.StartAsync();
        workspace.Stub.Answers = _ =>
            Workspace.Table(
                Columns,
                ["2026-05-04T09:59:58Z", "Disable account", "c-1", $$"""[{"id":"{{Person}}","type":"User"}]"""],
                ["2026-05-04T09:59:59Z", "Update user", "c-1", "[]"]
            );
        var act = Assert.Single(await Audit(workspace).ReadAsync(workspace.Clock.GetUtcNow(), Cancel));
        Assert.Equal(new(Guid.Parse(Person), AccountActKind.Disable, new(2026, 5, 4, 9, 59, 58, TimeSpan.Zero), "c-1"), act);
    }

    [Fact]
    public async Task Without_the_table_there_are_no_acts_and_a_part_of_an_answer_is_none()
    {
        await using var workspace = await Workspace.StartAsync();
        workspace.Stub.Answers = _ =>
            new(
                400,
                """
                {"error":{"message":"m","code":"BadArgumentError","innererror":{"code":"SemanticError","message":"m",
                 "innererror":{"code":"SEM0100","message":"Failed to resolve table or column expression named 'AuditLogs'"}}}}
                """
            );
        Assert.Empty(await Audit(workspace).ReadAsync(workspace.Clock.GetUtcNow(), Cancel));

        foreach (var reply in (Reply[])[Workspace.Partial(), Workspace.Cut(), Reply.Error(503, "X")])
        {
            workspace.Stub.Answers = _ => reply;
            await Assert.ThrowsAsync<RetryLaterException>(() => Audit(workspace).ReadAsync(workspace.Clock.GetUtcNow(), Cancel));
        }
    }

    private static LogAnalyticsAccountAudit Audit(Workspace workspace) => new(workspace.Client(), workspace.Options, workspace.Clock);
}
