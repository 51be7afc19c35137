using System.Diagnostics;
using System.Net.Sockets;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>09 and 10: the worker is killed, once with work in flight, and until the host gives up.</summary>
public sealed class CrashTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Calls_in_flight_fail_at_once_and_another_worker_is_started_without_being_asked_for_its_functions()
    {
        var recording = Recording.Read("09-worker-crash");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, AppFolder.PatientHostJson);
        await run.SendAsync("slow", "6");
        var http = RawClient.ExchangeAsync(run.Host.Address, recording.Exchange("slow-6-in-flight").Request);
        await run.Trace.AppAsync("Slow begins 6");
        await run.Trace.AppAsync("SlowQueue begins 6 dequeue=1");
        Kill(run);
        var killed = run.Trace.Now;

        var during = await RawClient.ExchangeAsync(run.Host.Address, recording.Exchange("during-1").Request);
        var refused = recording
            .Lines.Where(line => line.Event == "client response" && line.Name is "during-1" or "slow-6-in-flight")
            .Select(line => Placeholders.In(line.Text));
        Assert.Equal(refused, [Placeholders.In(during), Placeholders.In(await http)]);
        Assert.InRange((run.Trace.Now - killed).TotalSeconds, 0, 3);

        await Poll.UntilAsync(() => run.Host is { WorkerStarts: 2, State: HostState.Running });
        var (request, _, _) = recording.Exchange("during-2");
        Assert.Equal(
            Placeholders.In(recording.Lines.Single(line => line.Event == "client response" && line.Name == "during-2").Text),
            Placeholders.In(await RawClient.ExchangeAsync(run.Host.Address, request))
        );
        await run.Trace.AppAsync("SlowQueue begins 6 dequeue=2");
        Assert.Equal(
            recording.Invocations("SlowQueue").Select(Placeholders.Request),
            run.Trace.Invocations("SlowQueue").Select(Placeholders.Request)
        );
        Assert.InRange((run.Trace.Of("InvocationRequest", "SlowQueue")[1].Time - killed).TotalSeconds, 4.9, 12);
        Assert.Single(run.Trace.Of("FunctionsMetadataRequest"));
        Assert.Equal(2 * run.Host.Functions.Count, run.Trace.Of("FunctionLoadRequest").Count);
        Assert.Empty(run.Trace.Of("InvocationCancel"));
    }

    [Fact]
    public async Task The_third_crash_ends_the_host()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        var pid = run.Host.WorkerPid;
        for (var start = 2; start <= 3; start++)
        {
            Kill(run);
            await Poll.UntilAsync(() => run.Host.WorkerStarts == start && run.Host.State == HostState.Running);
            Assert.NotEqual(pid, run.Host.WorkerPid);
        }

        var killed = run.Trace.Now;
        Kill(run);
        await run.Host.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.InRange((run.Trace.Now - killed).TotalSeconds, 0, 5);
        Assert.Equal((3, HostState.Stopped), (run.Host.WorkerStarts, run.Host.State));
        await run.SaysAsync("Exceeded language worker restart retry count");
        await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(run.Host.Address));
    }

    // From outside, as the recordings did.
    private static void Kill(HostRun run)
    {
        using var worker = Process.GetProcessById(run.Host.WorkerPid!.Value);
        worker.Kill();
        worker.WaitForExit();
    }
}
