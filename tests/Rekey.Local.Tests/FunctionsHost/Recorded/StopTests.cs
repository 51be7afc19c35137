using System.Diagnostics;
using System.Net.Sockets;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>11 and 11b: the host stops with work in flight.</summary>
public sealed class StopTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_door_closes_first_then_http_ends_then_queues_then_the_worker()
    {
        var recording = Recording.Read("11-sigterm-in-flight");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        await run.SendAsync("slow", "8");
        await run.Trace.AppAsync("SlowQueue begins 8 dequeue=1");
        var http = RawClient.ExchangeAsync(
            run.Host.Address,
            recording.Exchange("slow-5-in-flight").Request.Replace("/slow/5", "/slow/2", StringComparison.Ordinal)
        );
        await run.Trace.AppAsync("Slow begins 2");
        using var worker = Process.GetProcessById(run.Host.WorkerPid!.Value);

        var stopping = run.Host.DisposeAsync().AsTask();
        await Poll.UntilAsync(async () =>
        {
            try
            {
                using var late = await RawClient.ConnectAsync(run.Host.Address);
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        });
        await run.SendAsync("in", "put after SIGTERM");
        await stopping;

        var response = recording.Lines.Single(line => line.Event == "client response" && line.Name == "slow-5-in-flight").Text;
        Assert.Equal(Placeholders.In(response), Placeholders.In(await http));
        string[] wanted = ["Take InvocationRequest", "Slow InvocationResponse", "SlowQueue InvocationResponse", " WorkerTerminate"];
        Assert.Equal(
            Order(recording.Lines.Select(line => $"{line.Function} {line.Type}"), wanted),
            Order(run.Trace.Lines.Select(line => $"{line.Function} {line.Type}"), wanted)
        );
        Assert.Empty(run.Trace.Of("InvocationCancel"));
        Assert.Equal(Terminate(recording), run.Trace.Of("WorkerTerminate").Single().Data!.ToJsonString());
        Assert.True(worker.HasExited);
        Assert.Equal(0, await CountAsync(run, "slow"));
        Assert.Equal(0, await CountAsync(run, "in"));
    }

    [Fact]
    public async Task At_the_limit_the_worker_is_ended_under_the_function_and_the_message_stays_hidden()
    {
        var recording = Recording.Read("11b-sigterm-function-ignores");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, change: options =>
            options with
            {
                DrainTime = TimeSpan.FromSeconds(2),
            }
        );
        await run.SendAsync("stuck", "18");
        await run.Trace.AppAsync("StuckQueue begins 18 dequeue=1");
        using var worker = Process.GetProcessById(run.Host.WorkerPid!.Value);
        var stopped = run.Trace.Now;
        await run.Host.DisposeAsync();

        Assert.InRange((run.Trace.Of("WorkerTerminate").Single().Time - stopped).TotalSeconds, 1.9, 5);
        Assert.Equal(Terminate(recording), run.Trace.Of("WorkerTerminate").Single().Data!.ToJsonString());
        Assert.Empty(run.Trace.Of("InvocationCancel"));
        Assert.True(worker.HasExited);
        // Were it given back, it would be there after the visibilityTimeout of 1 s.
        var seen = run.Trace.Now;
        await Poll.UntilAsync(async () =>
        {
            Assert.Empty((await run.Queue("stuck").PeekMessagesAsync(10, Cancellation)).Value);
            return run.Trace.Now - seen > TimeSpan.FromSeconds(1.5);
        });
        Assert.Equal(1, await CountAsync(run, "stuck"));
    }

    /// <summary>Not recorded: the caller must not wait for longer than the host.</summary>
    [Fact]
    public async Task At_the_limit_an_http_call_is_broken_off()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, change: options =>
            options with
            {
                DrainTime = TimeSpan.FromSeconds(1),
            }
        );
        var call = run.Client.GetAsync("/stuck/30", Cancellation);
        await run.Trace.AppAsync("Stuck begins 30");
        using var worker = Process.GetProcessById(run.Host.WorkerPid!.Value);
        var stopped = run.Trace.Now;
        await run.Host.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.InRange((run.Trace.Now - stopped).TotalSeconds, 0.9, 12);
        Assert.True(worker.HasExited);
    }

    private static List<string> Order(IEnumerable<string> lines, string[] wanted) => [.. lines.Where(wanted.Contains).Distinct()];

    private static string Terminate(Recording recording) =>
        recording.Lines.Single(line => line.Type == "WorkerTerminate").Data!.ToJsonString();

    private static async Task<int> CountAsync(HostRun run, string queue) =>
        (await run.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount;
}
