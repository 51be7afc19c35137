using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>
/// 02 and 12: what a timer function gets, over a restart and after the death of another host. The clock is set by hand; the locks are real.
/// </summary>
public sealed partial class TimerRecordedTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Timers_run_as_they_did_over_a_pause_of_the_host()
    {
        var recording = Recording.Read("02-timers");
        var name = HostRun.NewName();
        List<JsonNode> ticks = [],
            minutes = [];
        var clock = new TickingClock(At("14:39:35"));
        await using (var run = await StartAsync(name, clock))
        {
            await clock.WaitsAsync(2);
            await clock.MoveAsync(TimeSpan.FromSeconds(5), due: 1);
            await clock.MoveAsync(Ten, due: 1);
            await clock.MoveAsync(Ten, due: 2);
            await clock.MoveAsync(Ten, due: 1);
            var pid = run.Host.WorkerPid!.Value;
            var stopped = run.Trace.Now;
            await run.Host.DisposeAsync();

            // Idle: the worker is asked to leave and leaves.
            Assert.InRange((run.Trace.Now - stopped).TotalSeconds, 0, 4);
            Assert.Equal(
                """{"worker_terminate":{"grace_period":"5s"}}""",
                run.Trace.Lines.Last(line => line.Direction == "host->worker").Data!.ToJsonString()
            );
            Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(pid));
            ticks.AddRange(run.Trace.Invocations("Tick"));
            minutes.AddRange(run.Trace.Invocations("Minute"));
        }

        var later = new TickingClock(At("14:41:02"));
        await using (var run = await StartAsync(name, later))
        {
            await later.WaitsAsync(2);
            await later.MoveAsync(TimeSpan.FromSeconds(8), due: 1);
            for (var i = 0; i < 4; i++)
            {
                await later.MoveAsync(Ten, due: 1);
            }

            await later.MoveAsync(Ten, due: 2);
            ticks.AddRange(run.Trace.Invocations("Tick").Take(1));
            minutes.AddRange(run.Trace.Invocations("Minute"));
        }

        Compare(recording.Invocations("Tick"), ticks);
        Compare(recording.Invocations("Minute"), minutes);
    }

    [Fact]
    public async Task After_the_death_of_another_host_timers_wait_for_its_lock_and_make_up_for_the_missed_tick()
    {
        var name = HostRun.NewName();
        var clock = new TickingClock(At("14:48:55"));
        await using (var run = await StartAsync(name, clock))
        {
            await clock.WaitsAsync(2);
            await clock.MoveAsync(TimeSpan.FromSeconds(5), due: 2);
        }

        // What a host that was killed leaves: locks that end when their time is over, which is 60 s with the real host and 15 s, the
        // shortest, here.
        var locks = new BlobContainerClient(azurite.ConnectionString, "azure-webjobs-hosts");
        foreach (var function in (string[])["Tick", "Minute"])
        {
            await locks
                .GetBlobClient($"locks/{name}/Host.Functions.{function}.Listener")
                .GetBlobLeaseClient()
                .AcquireAsync(TimeSpan.FromSeconds(15), cancellationToken: TestContext.Current.CancellationToken);
        }

        var later = new TickingClock(At("14:50:57"));
        await using var again = await HostRun.StartAsync(
            azurite.ConnectionString,
            change: options =>
                options with
                {
                    TimeProvider = later,
                    TimerLease = TimeSpan.FromSeconds(15),
                    TimerLookInterval = TimeSpan.FromSeconds(1),
                },
            name: name
        );
        Assert.Equal(
            System.Net.HttpStatusCode.OK,
            (await again.Client.GetAsync("/items/ready", TestContext.Current.CancellationToken)).StatusCode
        );
        Assert.Empty(again.Trace.Invocations("Minute"));
        await again.Trace.WaitAsync("InvocationResponse", "Minute", 1);
        Assert.InRange(again.Trace.Of("InvocationRequest", "Minute")[0].Time.TotalSeconds, 10, 40);
        await later.WaitsAsync(2);
        await later.MoveAsync(TimeSpan.FromSeconds(3), due: 2);
        Compare(Recording.Read("12-host-kill-9").Invocations("Minute"), again.Trace.Invocations("Minute"));
        Compare([.. Recording.Read("12-host-kill-9").Invocations("Tick").Take(1)], again.Trace.Invocations("Tick"));
    }

    [Fact]
    public async Task One_instance_alone_runs_a_timer_and_a_clean_stop_hands_it_over()
    {
        var name = HostRun.NewName();
        var (first, second) = (new TickingClock(At("15:00:01")), new TickingClock(At("15:00:01")));
        await using var one = await HostRun.StartAsync(
            azurite.ConnectionString,
            change: options => options with { TimeProvider = first },
            name: name
        );
        await first.WaitsAsync(2);
        await using var other = await HostRun.StartAsync(
            azurite.ConnectionString,
            change: options => options with { TimeProvider = second, TimerLookInterval = TimeSpan.FromSeconds(1) },
            name: name
        );
        await other.SaysAsync("The timer 'Tick' runs in another instance");
        second.Advance(Ten);
        await first.MoveAsync(TimeSpan.FromSeconds(9), due: 1);
        Assert.Single(one.Trace.Invocations("Tick"));
        Assert.Empty(other.Trace.Invocations("Tick"));

        await one.DisposeAsync();
        await second.WaitsAsync(2);
        await second.MoveAsync(Ten, due: 1);
        Assert.Single(other.Trace.Invocations("Tick"));
    }

    private Task<HostRun> StartAsync(string name, TimeProvider timeProvider) =>
        HostRun.StartAsync(azurite.ConnectionString, change: options => options with { TimeProvider = timeProvider }, name: name);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-11-29T{time}+00:00");

    /// <summary>All but the fraction of a second; the recorded host was now and then some milliseconds early.</summary>
    private static void Compare(IReadOnlyList<JsonNode> recorded, IReadOnlyList<JsonNode> ours)
    {
        Assert.Equal(recorded.Select(Input), ours.Select(Input));
        Assert.All(recorded.Zip(ours), pair => Assert.InRange((Fired(pair.First) - Fired(pair.Second)).TotalSeconds, -1, 1));
    }

    private static string Input(JsonNode request) => Fraction().Replace((string)request["input_data"]![0]!["data"]!["json"]!, "");

    private static DateTime Fired(JsonNode request) =>
        DateTime.ParseExact(
            (string)request["trigger_metadata"]!["TimerTrigger"]!["string"]!,
            "MM/dd/yyyy HH:mm:ss",
            CultureInfo.InvariantCulture
        );

    [GeneratedRegex(@"\.\d+(?=\+)", RegexOptions.None, 1000)]
    private static partial Regex Fraction();
}
