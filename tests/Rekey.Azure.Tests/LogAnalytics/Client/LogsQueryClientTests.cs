using System.Text.Json;
using Rekey.Azure.Hosting;
using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using static Rekey.Azure.Tests.LogAnalytics.Workspace;

namespace Rekey.Azure.Tests.LogAnalytics.Client;

public sealed class LogsQueryClientTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AzureCloud.Public, "api.loganalytics.azure.com", "https://api.loganalytics.io/.default")]
    [InlineData(AzureCloud.UsGovernment, "api.loganalytics.us", "https://api.loganalytics.us/.default")]
    [InlineData(AzureCloud.China, "api.loganalytics.azure.cn", "https://api.loganalytics.azure.cn/.default")]
    public async Task A_query_is_sent_as_the_API_wants_it_in_every_cloud(AzureCloud cloud, string host, string scope)
    {
        await using var workspace = await StartAsync();
        var credential = new FakeCredential();
        var options = new LogsQueryClientOptions(new AzureOptions { Cloud = cloud }) { Transport = workspace.Stub.Transport() };

        await new LogsQueryClient(credential, new(workspace.Clock, TimeSpan.FromMinutes(1)), options, workspace.Clock).QueryWorkspaceAsync(
            Id,
            "print \"é\"",
            Workspace.AnyTime,
            "Asking",
            Cancel
        );

        var asked = Assert.Single(workspace.Stub.Requests);
        Assert.Equal(("POST", host, QueryPath, "token-1"), (asked.Method, asked.Host, asked.Url, asked.Token));
        Assert.Equal("application/json", asked.Headers.ContentType);
        Assert.Equal("wait=180", asked.Headers["Prefer"]);
        Assert.Equal("print \"é\"", JsonDocument.Parse(asked.Body).RootElement.GetProperty("query").GetString());
        Assert.Equal([scope], Assert.Single(credential.Asked).Scopes);
    }

    [Fact]
    public async Task Cells_are_read_by_their_columns()
    {
        var row = (
            await TableAsync(
                OneRow(
                    ["T:datetime", "N:long", "B:bool", "S:string", "E:string", "D:dynamic", "Z:datetime"],
                    "2026-11-24T08:00:00.1234567Z",
                    9_007_199_254_740_993,
                    true,
                    "x",
                    "",
                    """{"claim":{"oid":"a"}}""",
                    null
                )
            )
        ).Rows.Single();

        Assert.Equal(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero).AddTicks(1_234_567), row.GetDateTimeOffset("T"));
        Assert.Equal(9_007_199_254_740_993, row.GetInt64("N"));
        Assert.True(row.GetBoolean("B"));
        Assert.Equal("x", row.GetString("S"));
        Assert.Null(row.GetString("E"));
        Assert.Equal("a", JsonDocument.Parse(row.GetString("D")!).RootElement.GetProperty("claim").GetProperty("oid").GetString());
        Assert.Null(row.GetDateTimeOffset("Z"));
        Assert.Equal(LogsReasons.ReplyUnexpected, Assert.Throws<CannotContinueException>(() => row.GetInt64("S")).Reason);
        Assert.Equal(LogsReasons.ReplyUnexpected, Assert.Throws<CannotContinueException>(() => row.GetString("N")).Reason);
        Assert.Equal(LogsReasons.ReplyUnexpected, Assert.Throws<CannotContinueException>(() => row.GetBoolean("T")).Reason);
        Assert.Equal(LogsReasons.ReplyUnexpected, Assert.Throws<CannotContinueException>(() => row.GetDateTimeOffset("S")).Reason);
        Assert.Contains("Nothing", Assert.Throws<CannotContinueException>(() => row.GetString("Nothing")).Message);
    }

    [Fact]
    public async Task The_first_table_is_the_result_and_what_else_is_in_the_reply_is_passed_over()
    {
        var table = await TableAsync(
            new Reply(
                200,
                """
                {"statistics":{"query":{"executionTime":0.2}},"tables":[{"name":"PrimaryResult","columns":[{"name":"A",
                  "type":"string"}],"rows":[["x"],["y"]]},
                 {"name":"QueryStatus","columns":[{"name":"B","type":"int"}],"rows":[[1]]}],"render":{"visualization":null}}
                """
            )
        );

        Assert.Equal(["x", "y"], table.Rows.Select(r => r.GetString("A")));
    }

    [Fact]
    public async Task No_content_is_no_rows_but_an_empty_answer_is_none()
    {
        Assert.Equal(0, (await TableAsync(new Reply(204))).RowCount);
        await Assert.ThrowsAsync<RetryLaterException>(() => QueryAsync(new Reply(200)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-2133196800")]
    public async Task A_part_of_a_result_is_an_error(string innerCode)
    {
        var later = await Assert.ThrowsAsync<RetryLaterException>(() => QueryAsync(Partial(innerCode)));

        Assert.Contains("PartialError", later.Message);
    }

    [Fact]
    public async Task A_result_that_is_too_large_says_so_and_shows_nothing_of_it()
    {
        var many = "[" + string.Join(",", Enumerable.Repeat("[1]", LogsQueryClient.MaxRows)) + "]";
        Reply[] large =
        [
            Cut(Row("j-1")),
            new(200, $$"""{"tables":[{"name":"PrimaryResult","columns":[{"name":"A","type":"int"}],"rows":{{many}}}]}"""),
            new(200, new string(' ', 3000)),
            new(200, new string(' ', 3000)) { Headers = { ["Content-Length"] = "3000" } },
        ];

        foreach (var reply in large)
        {
            var result = await QueryAsync(reply, options => options.LongestReply = reply.Body.StartsWith(' ') ? 2000 : int.MaxValue);
            Assert.Equal(LogsQueryResultStatus.TooLarge, result.Status);
            Assert.Equal(0, result.Table.RowCount);
        }
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("""{"tables":[{"name":"PrimaryResult","columns":[{"name":"A","type":"string"}],"rows":[["x"],["y"]""")]
    [InlineData("""{"tables":[{"name":"PrimaryResult","columns":[{"name":"A","type":"string"}],"rows":[["x"]]}]""")]
    [InlineData("""{"tables":[{"name":"PrimaryResult","columns":[{"name":"A","type":"string"}],"rows":[["x"]]}]} and more""")]
    [InlineData("""{"tables":[{"name":"PrimaryResult","rows":[["x"]]}]}""")]
    [InlineData("""{"tables":[{"name":"PrimaryResult","columns":[{"name":"A","type":"string"}]}]}""")]
    [InlineData("""{"tables":[{"name":"PrimaryResult","columns":[{"name":"A"}],"rows":[]}]}""")]
    [InlineData("""{"tables":[{"name":"PrimaryResult","columns":[{"name":"A","type":"string"}],"rows":["x"]}]}""")]
    [InlineData("""{"tables":"none"}""")]
    [InlineData("""{"answer":42}""")]
    [InlineData("[]")]
    public async Task A_reply_that_makes_no_sense_decides_nothing(string body) =>
        await Assert.ThrowsAsync<RetryLaterException>(() => QueryAsync(new Reply(200, body)));

    [Theory]
    [InlineData("[1,2]")]
    [InlineData("[]")]
    public async Task A_row_has_as_many_cells_as_there_are_columns(string row)
    {
        var table = await TableAsync(
            new Reply(200, $$"""{"tables":[{"name":"PrimaryResult","columns":[{"name":"A","type":"int"}],"rows":[{{row}}]}]}""")
        );

        Assert.Throws<CannotContinueException>(() => table.Rows.Count());
    }

    private static async Task<LogsTable> TableAsync(Reply reply)
    {
        var result = await QueryAsync(reply);
        Assert.Equal(LogsQueryResultStatus.Success, result.Status);
        return result.Table;
    }

    private static async Task<LogsQueryResult> QueryAsync(Reply reply, Action<LogsQueryClientOptions>? change = null)
    {
        await using var workspace = await StartAsync();
        workspace.OnDetect = _ => reply;
        return await workspace.Client(change).QueryWorkspaceAsync(Id, "q", Workspace.AnyTime, "Asking", Cancel);
    }
}
