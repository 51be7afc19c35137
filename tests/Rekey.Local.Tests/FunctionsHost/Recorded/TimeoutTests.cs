using Rekey.Local.FunctionsHost;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>08 and 08b: functions that obey when their time is over. It is 20 s in the recordings, and 4 s here.</summary>
public sealed class TimeoutTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_queue_function_that_obeys_is_tried_again_in_the_same_worker()
    {
        var recording = Recording.Read("08-timeout-queue-cooperative");
        await using var run = await Late.StartAsync(azurite.ConnectionString, seconds: 4);
        await run.SendAsync("slow", "40");
        await run.Trace.AppAsync("SlowQueue begins 40 dequeue=2");

        Assert.Equal(
            recording.Invocations("SlowQueue").Select(Placeholders.Request),
            run.Trace.Invocations("SlowQueue").Take(2).Select(Placeholders.Request)
        );
        var ours = run
            .Trace.Lines.Where(line => line.Function is "SlowQueue" or "SlowQueue sees its token cancelled" && line.Type != "RpcLog")
            .Take(5)
            .ToList();
        Assert.Equal(
            ["InvocationRequest", "InvocationCancel", "InvocationResponse", "InvocationRequest"],
            ours.Where(line => line.Type != "app").Select(line => line.Type)
        );
        Assert.InRange((ours.Single(line => line.Type == "InvocationCancel").Time - ours[0].Time).TotalSeconds, 3.9, 5.5);
        Assert.Contains(run.Trace.Lines, line => line.Type == "(empty StreamingMessage)");
        Assert.DoesNotContain(run.Trace.Lines, line => line.Type == "WorkerTerminate");
        await Late.AfterAsync(run, recording, "after-cooperative");
        Assert.Equal(1, run.Host.WorkerStarts);
    }

    [Fact]
    public async Task An_http_function_that_obeys_is_a_500()
    {
        var recording = Recording.Read("08b-timeout-http-cooperative");
        await using var run = await Late.StartAsync(azurite.ConnectionString, seconds: 4);
        var (request, _, _) = recording.Exchange("slow-40");
        var response = recording.Lines.Single(line => line.Event == "client response" && line.Name == "slow-40").Text;
        Assert.Equal(Placeholders.In(response), Placeholders.In(await RawClient.ExchangeAsync(run.Host.Address, request)));
        var (asked, cancelled, answered) = (
            run.Trace.Of("InvocationRequest", "Slow").Single(),
            run.Trace.Of("InvocationCancel", "Slow").Single(),
            run.Trace.Of("InvocationResponse", "Slow").Single()
        );
        Assert.InRange((cancelled.Time - asked.Time).TotalSeconds, 3.9, 5.5);
        Assert.InRange((answered.Time - cancelled.Time).TotalSeconds, 0, 1.9);
        await Late.AfterAsync(run, recording, "after-http-cooperative");
        Assert.Equal((1, HostState.Running), (run.Host.WorkerStarts, run.Host.State));
    }
}
