using System.Diagnostics;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>05b: a caller who sends the header by which the worker pairs request and invocation.</summary>
public sealed class OwnInvocationIdTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_callers_own_id_is_passed_on_and_the_call_fails_when_the_worker_gives_up()
    {
        var recording = Recording.Read("05b-http-own-invocation-id");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        var first = ExchangeAsync(run, recording, "own-invocation-id");
        await Poll.UntilAsync(() => run.Trace.Of("bytes").Any(line => line.Direction == "worker->host.http"));

        // The worker remembers the id for ever: the second answer comes at once, and the call fails as late as the first.
        await Task.WhenAll(first, ExchangeAsync(run, recording, "own-invocation-id-same-again"));

        var invocations = run.Trace.Invocations("Item");
        Assert.Equal(recording.Invocations("Item").Take(2).Select(Placeholders.Request), invocations.Select(Placeholders.Request));
        Assert.All(invocations, request => Assert.NotEqual("22222222-2222-2222-2222-222222222222", (string?)request["invocation_id"]));
        Assert.All(run.Trace.Of("InvocationResponse", "Item"), line =>
            Assert.Null(line.Data!["invocation_response"]!["result"]!["status"])
        );
        await ExchangeAsync(run, recording, "after", 0, 5);
    }

    private static async Task ExchangeAsync(HostRun run, Recording recording, string name, double least = 14.5, double most = 25)
    {
        var (request, between, response) = recording.Exchange(name);
        var elapsed = Stopwatch.StartNew();
        Assert.Equal(Placeholders.In(response!), Placeholders.In(await RawClient.ExchangeAsync(run.Host.Address, request)));
        Assert.InRange(elapsed.Elapsed.TotalSeconds, least, most);
        var forwarded = Placeholders.In(between.First(line => line.Direction == "host->worker.http" && line.Type == "bytes").Text);
        Assert.Contains(run.Trace.Of("bytes"), line =>
            line.Direction == "host->worker.http" && Placeholders.In((string)line.Data!["text"]!) == forwarded
        );
    }
}
