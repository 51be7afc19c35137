using Cronos;
using Rekey.Local.FunctionsHost;
using Rekey.Local.FunctionsHost.Timers;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class TimerTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 9, 58, 30, TimeSpan.Zero);
    private static readonly CronExpression EveryFive = CronExpression.Parse("0 */5 * * * *", CronFormat.IncludeSeconds);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_paused_host_runs_a_timer_once_when_it_goes_on_and_by_hand_at_any_time()
    {
        var clock = new TickingClock(Start);
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, change: options => options with { TimeProvider = clock });
        await clock.WaitsAsync(2);
        run.Host.PauseTriggers();
        clock.Advance(TimeSpan.FromMinutes(12));
        var result = await run.Host.TriggerTimerAsync("minute", Cancellation);
        Assert.True(result.Succeeded);
        Assert.Equal(result.InvocationId, (string?)Assert.Single(run.Trace.Invocations("Minute"))["invocation_id"]);
        run.Host.ResumeTriggers();
        await clock.WaitsAsync(4);
        Assert.Equal(2, run.Trace.Invocations("Minute").Count);
        await Assert.ThrowsAsync<ArgumentException>(() => run.Host.TriggerTimerAsync("Item", Cancellation));
    }

    [Fact]
    public async Task A_tick_without_a_worker_is_lost_and_counts_as_run()
    {
        var clock = new TickingClock(Start);
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, change: options => options with { TimeProvider = clock });
        await clock.WaitsAsync(2);
        run.Host.KillWorker();
        await Poll.UntilAsync(() => run.Host.State == HostState.WorkerDown);
        await clock.MoveAsync(TimeSpan.FromSeconds(30), due: 2);
        await run.SaysAsync("did not find any initialized language workers");
        await Poll.UntilAsync(() => run.Host.State == HostState.Running);
        Assert.Empty(run.Trace.Invocations("Minute"));

        for (var i = 0; i < 5; i++)
        {
            await clock.MoveAsync(TimeSpan.FromSeconds(10), due: 1);
        }

        await clock.MoveAsync(TimeSpan.FromSeconds(10), due: 2);
        Assert.Equal(
            """
            {"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"2026-05-04T09:59:00+00:00",
            "Next":"2026-05-04T10:00:00+00:00","LastUpdated":"2026-05-04T09:59:00+00:00"},"IsPastDue":false}
            """.ReplaceLineEndings(""),
            (string?)Assert.Single(run.Trace.Invocations("Minute"))["input_data"]![0]!["data"]!["json"]
        );
    }

    [Fact]
    public void Past_due_goes_by_the_last_run_and_the_schedule_of_now()
    {
        Assert.False(TimerDecisions.IsPastDue(EveryFive, null, Start));
        Assert.True(TimerDecisions.IsPastDue(EveryFive, new TimerStatus(Start.AddMinutes(-10), default, default), Start));
        Assert.False(TimerDecisions.IsPastDue(EveryFive, new TimerStatus(Start.AddMinutes(-1), Start.AddHours(-1), default), Start));
        Assert.True(TimerDecisions.IsPastDue(EveryFive, new TimerStatus(default, default, Start.AddHours(-1)), Start));
    }
}
