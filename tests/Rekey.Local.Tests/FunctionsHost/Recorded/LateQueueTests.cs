using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>08d: a queue function that goes on when its time is over, beside other work.</summary>
public sealed class LateQueueTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Other_work_may_end_in_the_grace_and_the_message_comes_again_with_the_next_worker()
    {
        var recording = Recording.Read("08d-timeout-queue-ignored");
        await using var run = await Late.StartAsync(azurite.ConnectionString, seconds: 8);
        await run.SendAsync("stuck", "60");
        var began = await run.Trace.AppAsync("StuckQueue begins 60 dequeue=1");
        await Poll.UntilAsync(() => run.Trace.Now > began.Time + TimeSpan.FromSeconds(7.4));
        // Both end more than a second after the order to leave, and well before the grace is over or their own time.
        var beside = RawClient.ExchangeAsync(
            run.Host.Address,
            recording.Exchange("slow-19-beside").Request.Replace("/slow/19", "/slow/4", StringComparison.Ordinal)
        );
        await run.SendAsync("slow", "4");
        // One more call keeps the worker a moment longer: what it says in its very last moment may be lost.
        var besideBegan = await run.Trace.AppAsync("Slow begins 4");
        await Poll.UntilAsync(() => run.Trace.Now > besideBegan.Time + TimeSpan.FromSeconds(0.8));
        _ = run.Client.GetAsync("/slow/5", TestContext.Current.CancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);

        var response = recording.Lines.Single(line => line.Event == "client response" && line.Name == "slow-19-beside").Text;
        Assert.Equal(Placeholders.In(response), Placeholders.In(await beside));
        var (_, terminated) = Late.Ended(run, recording);
        await run.Trace.AppAsync("StuckQueue begins 60 dequeue=2");
        foreach (var function in (string[])["SlowQueue", "Slow"])
        {
            var ended = run.Trace.Of("InvocationResponse", function)[0];
            Assert.Equal("Success", (string?)ended.Data!["invocation_response"]!["result"]!["status"]);
            Assert.True(ended.Time > terminated.Time);
        }

        var restarted = run.Trace.Of("StartStream")[1];
        Assert.DoesNotContain(run.Trace.Of("InvocationRequest"), line => line.Time > terminated.Time && line.Time < restarted.Time);
        Assert.Equal(
            recording.Invocations("StuckQueue").Select(Placeholders.Request),
            run.Trace.Invocations("StuckQueue").Take(2).Select(Placeholders.Request)
        );
        Assert.InRange((run.Trace.Of("InvocationRequest", "StuckQueue")[1].Time - terminated.Time).TotalSeconds, 10, 20);
    }
}
