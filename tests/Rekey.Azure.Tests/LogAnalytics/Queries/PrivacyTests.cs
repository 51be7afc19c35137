using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Azure.Core.Diagnostics;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using static Rekey.Azure.Tests.LogAnalytics.Workspace;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

public sealed class PrivacyTests
{
    [Fact]
    public async Task Neither_a_query_nor_a_token_gets_into_logs_or_errors()
    {
        var logged = new ConcurrentQueue<string>();
        using var listener = new AzureEventSourceListener((_, message) => logged.Enqueue(message), EventLevel.Verbose);
        await using var workspace = await StartAsync();
        var errors = new List<string>();
        foreach (
            var reply in (Reply[])
                [
                    Tokens(Row("j-secret")),
                    Partial(),
                    Reply.Error(400, "BadArgumentError"),
                    Reply.Error(503, "X"),
                    Reply.Drop,
                    new(200, "j-secret"),
                ]
        )
        {
            workspace.OnDetect = _ => reply;
            try
            {
                await workspace
                    .Client()
                    .QueryWorkspaceAsync(Id, "print \"j-secret\"", Workspace.AnyTime, "Asking", TestContext.Current.CancellationToken);
            }
            catch (Exception failure) when (failure is RetryLaterException or CannotContinueException)
            {
                errors.Add(failure.ToString());
            }
        }

        Assert.Equal(5, errors.Count);
        Assert.Contains(logged, line => line.Contains(QueryPath, StringComparison.Ordinal));
        Assert.All([.. logged, .. errors], line =>
        {
            Assert.DoesNotContain("secret", line);
            Assert.DoesNotContain("token-1", line);
        });
    }
}
