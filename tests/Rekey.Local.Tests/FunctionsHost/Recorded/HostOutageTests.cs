using System.Net;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>
/// 13 and 13b: the storage refuses connections for a while. Pauses between tries of the storage client are a tenth of the real ones, and
/// so are the outages.
/// </summary>
public sealed class HostOutageTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan RetryDelay = new LocalFunctionsHostOptions { AppRoot = "" }.StorageRetryDelay / 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_short_outage_costs_nothing()
    {
        using var queues = new OutageProxy(azurite.Process.QueueEndpoint);
        using var blobs = new OutageProxy(azurite.Process.BlobEndpoint);
        await using var run = await StartAsync(queues, blobs);
        await run.SendAsync("fail", "bad around an outage");
        await run.SendAsync("slow", "0.8");
        await run.Trace.AppAsync("SlowQueue begins 0.8 dequeue=1");
        queues.GoAway();
        blobs.GoAway();
        var away = run.Trace.Now;
        using (var answer = await run.Client.GetAsync("/items/o", Cancellation))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await run.Trace.AppAsync("SlowQueue ends 0.8");
        await Poll.UntilAsync(() => run.Trace.Now - away > TimeSpan.FromSeconds(1.2));
        queues.ComeBack();
        blobs.ComeBack();

        await run.SendAsync("in", "after");
        await run.Trace.WaitAsync("InvocationRequest", "Take", 1);
        await Poll.UntilAsync(async () => (await run.Queue("slow").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount == 0);
        await run.Trace.WaitAsync("InvocationRequest", "Fail", 3);
        Assert.Single(run.Trace.Invocations("SlowQueue"));
        Assert.Equal((HostState.Running, 1), (run.Host.State, run.Host.WorkerStarts));
    }

    [Fact]
    public async Task A_long_outage_ends_the_host_and_what_ended_meanwhile_runs_again()
    {
        var recording = Recording.Read("13-storage-outage-30s");
        using var queues = new OutageProxy(azurite.Process.QueueEndpoint);
        using var blobs = new OutageProxy(azurite.Process.BlobEndpoint);
        await using var run = await StartAsync(queues, blobs);
        await run.SendAsync("in", "before");
        await run.Trace.WaitAsync("InvocationResponse", "Take", 1);
        await run.SendAsync("slow", "0.8");
        await run.Trace.AppAsync("SlowQueue begins 0.8 dequeue=1");
        queues.GoAway();
        blobs.GoAway();
        var away = run.Trace.Now;
        var (request, _, response) = recording.Exchange("during-outage");
        Assert.Equal(Placeholders.In(response!), Placeholders.In(await RawClient.ExchangeAsync(run.Host.Address, request)));

        await run.Host.Completion.WaitAsync(TimeSpan.FromSeconds(25), Cancellation);
        Assert.InRange((run.Trace.Now - away).TotalSeconds, 1.5, 10);
        Assert.Equal(HostState.Stopped, run.Host.State);
        await run.SaysAsync("after 6 tries");
        Assert.Equal(
            recording.Lines.Single(line => line.Type == "WorkerTerminate").Data!.ToJsonString(),
            run.Trace.Of("WorkerTerminate").Single().Data!.ToJsonString()
        );
        Assert.Equal(
            "Success",
            (string?)run.Trace.Of("InvocationResponse", "SlowQueue").Single().Data!["invocation_response"]!["result"]!["status"]
        );

        queues.ComeBack();
        await run.SendAsync("in", "after");
        Assert.Empty((await run.Queue("slow").PeekMessagesAsync(10, Cancellation)).Value);
        Assert.Equal(1, (await run.Queue("slow").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount);
        var untouched = Assert.Single((await run.Queue("in").PeekMessagesAsync(10, Cancellation)).Value);
        Assert.Equal(("after", 0L), (untouched.MessageText, untouched.DequeueCount));
    }

    private Task<HostRun> StartAsync(OutageProxy queues, OutageProxy blobs) =>
        HostRun.StartAsync(
            azurite
                .ConnectionString.Replace($":{azurite.Process.QueueEndpoint.Port}/", $":{queues.Port}/", StringComparison.Ordinal)
                .Replace($":{azurite.Process.BlobEndpoint.Port}/", $":{blobs.Port}/", StringComparison.Ordinal),
            change: options => options with { StorageRetryDelay = RetryDelay }
        );
}
