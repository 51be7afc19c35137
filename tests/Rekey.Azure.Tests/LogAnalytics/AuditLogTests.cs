using Rekey.Azure.LogAnalytics.Audit;
using Rekey.Azure.Tests.LogAnalytics.Parser;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Trust;

namespace Rekey.Azure.Tests.LogAnalytics;

/// <summary>The audit log in a workspace: what is sent, what is read, and that a part of an answer is none.</summary>
[Collection(nameof(KqlParser))]
public sealed class AuditLogTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();
    private static readonly SigningKey Key = new(new("https://KV-one.vault.azure.net"), "Login");

    private static readonly string[] UseColumns =
    [
        "Vault:string",
        "Kind:string",
        "Name:string",
        "Version:string",
        "Operation:string",
        "Oid:string",
        "AppId:string",
        "IsPerson:bool",
        "First:datetime",
        "Last:datetime",
        "Rows:long",
    ];

    [Fact]
    public async Task Each_question_is_one_bounded_query_and_its_rows_are_read()
    {
        await using var workspace = await Workspace.StartAsync();
        workspace.OnDetect = _ =>
            Workspace.Table(
                UseColumns,
                [
                    "kv-one.vault.azure.net",
                    "keys",
                    "login",
                    "",
                    "keysign",
                    "aa",
                    "",
                    true,
                    "2026-01-01T00:00:00Z",
                    "2026-01-02T00:00:00Z",
                    7,
                ]
            );
        var uses = await Log(workspace).UsesAsync(new([Key], ["aa"], Now.AddDays(-400)), Cancel);
        Assert.True(uses.IsWhole);
        Assert.Equal(7, Assert.Single(uses.Rows).Rows);
        Assert.True(uses.Rows[0].IsOf(Key));

        workspace.OnDetect = _ =>
            Workspace.Table(["Vault:string", "From:datetime", "To:datetime"], ["kv-one.vault.azure.net", null, "2026-01-01T00:00:00Z"]);
        var silence = Assert.Single(
            (await Log(workspace).SilencesAsync(["kv-one.vault.azure.net"], Now.AddDays(-1), TimeSpan.FromHours(2), Cancel)).Rows
        );
        Assert.Null(silence.From);

        workspace.OnDetect = _ =>
            Workspace.Table(
                ["Operation:string", "Actor:string", "Target0:string", "Target1:string", "AppId:string", "At:datetime"],
                ["add owner to application", "x", "aa", "app", "", "2026-01-01T00:00:00Z"]
            );
        Assert.True(Assert.Single((await Log(workspace).ChangesAsync("AA", Now.AddDays(-1), Cancel)).Rows).IsOwner);

        Assert.Equal(3, workspace.Queries.Count);
        foreach (var (query, span) in workspace.Queries.Zip(workspace.TimeSpans))
        {
            Assert.Equal(2, span.Split('/').Length);
            Assert.Contains("where TimeGenerated >= datetime(", query, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_part_of_an_answer_is_none_and_a_refusal_says_what_to_do()
    {
        await using var workspace = await Workspace.StartAsync();
        foreach (var reply in (Reply[])[Workspace.Partial(), Reply.Error(503, "X"), Reply.Drop])
        {
            workspace.OnDetect = _ => reply;
            await Assert.ThrowsAsync<RetryLaterException>(AskAsync);
        }

        workspace.OnDetect = _ => Workspace.Cut();
        Assert.Equal("audit-too-large", (await Assert.ThrowsAsync<CannotContinueException>(AskAsync)).Reason);
        workspace.OnDetect = _ => Workspace.Table(["Vault:string"], ["kv"]);
        await Assert.ThrowsAsync<CannotContinueException>(AskAsync);

        Task AskAsync() => Log(workspace).UsesAsync(new([Key], null, Now), Cancel);
    }

    private static LogAnalyticsAuditLog Log(Workspace workspace) => new(workspace.Client(), workspace.Options, workspace.Clock);
}
