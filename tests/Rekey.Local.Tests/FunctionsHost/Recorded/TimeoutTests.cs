using System.Text.Json.Nodes;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Tests.Azurite;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>08 and 08b: functions that obey when their time is over. It is 20 s in the recordings, and 2 s here.</summary>
public sealed class TimeoutTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_queue_function_that_obeys_is_tried_again_in_the_same_worker()
    {
        var recording = Recording.Read("08-timeout-queue-cooperative");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, Late.HostJson(2));
        await run.SendAsync("slow", "40");
        await run.Trace.AppAsync("SlowQueue begins 40 dequeue=2");

        Assert.Equal(
            recording.Invocations("SlowQueue").Select(Placeholders.Request),
            run.Trace.Invocations("SlowQueue").Take(2).Select(Placeholders.Request));
        var ours = run.Trace.Lines.Where(
            line => line.Function is "SlowQueue" or "SlowQueue sees its token cancelled" && line.Type != "RpcLog").Take(5).ToList();
        Assert.Equal(
            ["InvocationRequest", "InvocationCancel", "InvocationResponse", "InvocationRequest"],
            ours.Where(line => line.Type != "app").Select(line => line.Type));
        Assert.InRange((ours.Single(line => line.Type == "InvocationCancel").Time - ours[0].Time).TotalSeconds, 1.9, 3.5);
        Assert.Contains(run.Trace.Lines, line => line.Type == "(empty StreamingMessage)");
        Assert.DoesNotContain(run.Trace.Lines, line => line.Type == "WorkerTerminate");
        await Late.AfterAsync(run, recording, "after-cooperative");
        Assert.Equal(1, run.Host.WorkerStarts);
    }

    [Fact]
    public async Task An_http_function_that_obeys_is_a_500()
    {
        var recording = Recording.Read("08b-timeout-http-cooperative");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, Late.HostJson(2));
        var (request, _, _) = recording.Exchange("slow-40");
        var response = recording.Lines.Single(line => line.Event == "client response" && line.Name == "slow-40").Text;
        Assert.Equal(Placeholders.In(response), Placeholders.In(await RawClient.ExchangeAsync(run.Host.Address, request)));
        var (asked, cancelled, answered) = (
            run.Trace.Of("InvocationRequest", "Slow").Single(),
            run.Trace.Of("InvocationCancel", "Slow").Single(),
            run.Trace.Of("InvocationResponse", "Slow").Single());
        Assert.InRange((cancelled.Time - asked.Time).TotalSeconds, 1.9, 3.5);
        Assert.InRange((answered.Time - cancelled.Time).TotalSeconds, 0, 1.9);
        await Late.AfterAsync(run, recording, "after-http-cooperative");
        Assert.Equal((1, HostState.Running), (run.Host.WorkerStarts, run.Host.State));
    }
}

/// <summary>08c: an HTTP function that goes on when its time is over.</summary>
public sealed class LateHttpTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task The_worker_is_ended_and_the_caller_gets_500()
    {
        var recording = Recording.Read("08c-timeout-http-ignored");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, Late.HostJson(2));
        var (request, _, response) = recording.Exchange("stuck-60");
        Assert.Equal(Placeholders.In(response!), Placeholders.In(await RawClient.ExchangeAsync(run.Host.Address, request)));

        var answered = run.Trace.Now;
        var (cancelled, terminated) = Late.Ended(run, recording);
        Assert.InRange((answered - cancelled.Time).TotalSeconds, 11.5, 20);
        // The call fails when its time is over, be the next worker ready by then or not.
        await Poll.UntilAsync(() => run.Host.State == HostState.Running);
        Assert.Equal(2, run.Host.WorkerStarts);
        Assert.Single(run.Trace.Of("FunctionsMetadataRequest"));
        Assert.Equal(2 * run.Host.Functions.Count, run.Trace.Of("FunctionLoadRequest").Count);
        Assert.Equal(2, run.Trace.Of("WorkerInitRequest").Count);
        Assert.True(run.Trace.Of("StartStream")[1].Time > terminated.Time);
        await Late.AfterAsync(run, recording, "after-stuck");
    }
}

/// <summary>08d: a queue function that goes on when its time is over, beside other work.</summary>
public sealed class LateQueueTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Other_work_may_end_in_the_grace_and_the_message_comes_again_with_the_next_worker()
    {
        var recording = Recording.Read("08d-timeout-queue-ignored");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, Late.HostJson(8));
        await run.SendAsync("stuck", "60");
        var began = await run.Trace.AppAsync("StuckQueue begins 60 dequeue=1");
        await Poll.UntilAsync(() => run.Trace.Now > began.Time + TimeSpan.FromSeconds(7.4));
        // Both end more than a second after the order to leave, and well before the grace is over or their own time.
        var beside = RawClient.ExchangeAsync(
            run.Host.Address, recording.Exchange("slow-19-beside").Request.Replace("/slow/19", "/slow/4", StringComparison.Ordinal));
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
            run.Trace.Invocations("StuckQueue").Take(2).Select(Placeholders.Request));
        Assert.InRange((run.Trace.Of("InvocationRequest", "StuckQueue")[1].Time - terminated.Time).TotalSeconds, 10, 20);
    }
}

/// <summary>What the tests of functions beyond their time have in common.</summary>
internal static class Late
{
    public static string HostJson(int seconds) =>
        AppFolder.HostJson.Replace(
            "\"functionTimeout\":\"00:00:20\"", $"\"functionTimeout\":\"00:00:0{seconds}\"", StringComparison.Ordinal);

    public static async Task AfterAsync(HostRun run, Recording recording, string name)
    {
        var (request, _, response) = recording.Exchange(name);
        Assert.Equal(Placeholders.In(response!), Placeholders.In(await RawClient.ExchangeAsync(run.Host.Address, request)));
    }

    /// <summary>The cancel, and two seconds later the order to leave.</summary>
    public static (TracedLine Cancelled, TracedLine Terminated) Ended(HostRun run, Recording recording)
    {
        var (cancelled, terminated) = (run.Trace.Of("InvocationCancel")[0], run.Trace.Of("WorkerTerminate")[0]);
        Assert.InRange((terminated.Time - cancelled.Time).TotalSeconds, 1.8, 3.5);
        JsonNode recorded = recording.Lines.First(line => line.Type == "WorkerTerminate").Data!;
        Assert.Equal(recorded.ToJsonString(), terminated.Data!.ToJsonString());
        return (cancelled, terminated);
    }
}
