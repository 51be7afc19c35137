using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using static Rekey.Azure.Tests.LogAnalytics.Workspace;

namespace Rekey.Azure.Tests.LogAnalytics.Client;

/// <summary>What is not a result: refusals, outages, throttles.</summary>
public sealed class LogsRefusalTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(401, LogsReasons.Unauthorized)]
    [InlineData(403, LogsReasons.Forbidden)]
    [InlineData(404, LogsReasons.WorkspaceNotFound)]
    [InlineData(400, LogsReasons.QueryRefused)]
    [InlineData(413, LogsReasons.QueryRefused)]
    public async Task A_refusal_has_a_reason(int status, string reason)
    {
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => QueryAsync(Reply.Error(status, "SomeCode")));

        Assert.Equal(reason, refused.Reason);
        Assert.Contains("SomeCode", refused.Message);
        Assert.NotEmpty(refused.Remedy);
    }

    [Fact]
    public async Task A_missing_table_column_or_function_is_named()
    {
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() =>
            QueryAsync(
                new Reply(
                    400,
                    """
                    {"error":{"message":"The request had some invalid properties","code":"BadArgumentError",
                      "innererror":{"code":"SemanticError","message":"A semantic error occurred.",
                     "innererror":{"code":"SEM0100",
                       "message":"'where' operator: Failed to resolve table or column expression named 'GatewayAccess'"}}}}
                    """
                )
            )
        );

        Assert.Equal(LogsReasons.NameMissing, refused.Reason);
        Assert.Contains("'GatewayAccess'", refused.Message);
        Assert.DoesNotContain("'where'", refused.Message);
    }

    [Fact]
    public async Task What_the_service_quotes_of_a_query_is_not_repeated()
    {
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() =>
            QueryAsync(
                new Reply(
                    400,
                    """
                    {"error":{"code":"BadArgumentError","message":"m","innererror":{"code":"SyntaxError","message":"m",
                      "innererror":{"code":"SYN0002","message":"Query could not be parsed at 'j-secret' on line [1,2]"}}}}
                    """
                )
            )
        );

        Assert.Equal(LogsReasons.QueryRefused, refused.Reason);
        Assert.DoesNotContain("j-secret", refused.ToString());
    }

    [Theory]
    [InlineData(504, 1)]
    [InlineData(408, 1)]
    [InlineData(500, 1)]
    [InlineData(503, 3)]
    public async Task An_outage_is_tried_again_later_and_a_query_that_ran_out_of_time_not_at_once(int status, int sent)
    {
        await using var workspace = await StartAsync();
        workspace.OnDetect = _ => Reply.Error(status, "GatewayTimeout");

        await Assert.ThrowsAsync<RetryLaterException>(() =>
            workspace.Client().QueryWorkspaceAsync(Id, "q", Workspace.AnyTime, "Asking", Cancel)
        );

        Assert.Equal(sent, workspace.Stub.Requests.Count);
    }

    [Fact]
    public async Task A_broken_connection_is_tried_again_and_a_silent_one_is_not()
    {
        await using var workspace = await StartAsync();
        var broken = 0;
        workspace.OnDetect = _ => Interlocked.Increment(ref broken) == 1 ? Reply.Drop : Tokens(Row("j-1"));
        Assert.Equal(1, (await workspace.Client().QueryWorkspaceAsync(Id, "q", Workspace.AnyTime, "Asking", Cancel)).Table.RowCount);
        Assert.Equal(2, workspace.Stub.Requests.Count);

        workspace.OnDetect = _ => Reply.Silence;
        await Assert.ThrowsAsync<RetryLaterException>(() =>
            workspace
                .Client(options => options.Retry.NetworkTimeout = TimeSpan.FromMilliseconds(300))
                .QueryWorkspaceAsync(Id, "q", Workspace.AnyTime, "Asking", Cancel)
        );
        Assert.Equal(3, workspace.Stub.Requests.Count);
    }

    [Fact]
    public async Task Cancelling_is_not_an_outage()
    {
        await using var workspace = await StartAsync();
        workspace.OnDetect = _ => Reply.Silence;
        using var giveUp = new CancellationTokenSource();
        var asking = workspace.Client().QueryWorkspaceAsync(Id, "q", Workspace.AnyTime, "Asking", giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData(null, 30)]
    public async Task A_throttled_query_is_sent_again_when_the_service_lets_it(string? retryAfter, int seconds)
    {
        await using var workspace = await StartAsync();
        var at = new List<DateTimeOffset>();
        workspace.OnDetect = _ =>
        {
            at.Add(workspace.Clock.GetUtcNow());
            var throttled = Reply.Error(429, "Throttled");
            if (retryAfter is not null)
            {
                throttled.Headers["Retry-After"] = retryAfter;
            }

            return at.Count == 1 ? throttled : Tokens(Row("j-1"));
        };

        var asking = workspace.Client().QueryWorkspaceAsync(Id, "q", Workspace.AnyTime, "Asking", Cancel);
        await workspace.Clock.RunAsync(asking);

        Assert.Equal(1, (await asking).Table.RowCount);
        Assert.InRange(at[1] - at[0], TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds + 1));
    }

    [Fact]
    public async Task A_longer_throttle_than_may_be_waited_for_goes_back_to_the_timer()
    {
        await using var workspace = await StartAsync();
        workspace.OnDetect = _ => Reply.Error(429, "Throttled") with { Headers = new() { ["Retry-After"] = "300" } };
        var client = workspace.Client();

        var later = await Assert.ThrowsAsync<RetryLaterException>(() =>
            client.QueryWorkspaceAsync(Id, "q", Workspace.AnyTime, "Asking", Cancel)
        );
        Assert.Equal(TimeSpan.FromSeconds(300), later.Delay);

        // The next query is told without troubling the service.
        await Assert.ThrowsAsync<RetryLaterException>(() => client.QueryWorkspaceAsync(Id, "q", Workspace.AnyTime, "Asking", Cancel));
        Assert.Single(workspace.Stub.Requests);
    }

    private static async Task<LogsQueryResult> QueryAsync(Reply reply)
    {
        await using var workspace = await StartAsync();
        workspace.OnDetect = _ => reply;
        return await workspace.Client().QueryWorkspaceAsync(Id, "q", Workspace.AnyTime, "Asking", Cancel);
    }
}
