using System.Net;
using Cronos;
using Microsoft.Extensions.Time.Testing;
using Rekey.Local.FunctionsHost.Envelopes;
using Rekey.Local.FunctionsHost.Triggers;
using Rekey.Local.Tests.Azurite;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class TimerTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 9, 58, 0, TimeSpan.Zero);
    private static readonly CronExpression EveryFive = CronExpression.Parse("0 */5 * * * *", CronFormat.IncludeSeconds);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_timer_runs_on_its_schedule_and_remembers_it()
    {
        var clock = new FakeTimeProvider(Start);
        await using var run = await HostRun.StartAsync(new AppFolder().Timer("T", "0 */5 * * * *"), change: options => options with { TimeProvider = clock });
        Assert.Empty(await run.CallsAsync("/T"));

        await TickAsync(clock, run, 1);
        await TickAsync(clock, run, 2);

        var calls = await run.CallsAsync("/T", 2);
        var first = calls[0].Json.GetProperty("Data").GetProperty("timer");
        Assert.False(first.GetProperty("IsPastDue").GetBoolean());
        Assert.Equal("2026-05-04T10:00:00+00:00", first.GetProperty("ScheduleStatus").GetProperty("Next").GetString());
        Assert.StartsWith("2026-05-04T10:0", calls[1].Json.GetProperty("Data").GetProperty("timer").GetProperty("ScheduleStatus").GetProperty("Last").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunOnStartup_runs_at_once()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Timer("T", members: ""","runOnStartup":true"""));
        await run.CallsAsync("/T", 1);
    }

    [Fact]
    public async Task A_missed_tick_fires_once_as_past_due_over_a_restart()
    {
        var name = $"T{Guid.NewGuid():N}";
        Dictionary<string, string> settings = new() { ["AzureWebJobsStorage"] = azurite.ConnectionString };
        await using (var first = await HostRun.StartAsync(new AppFolder().Timer(name, "0 */5 * * * *"), settings, options => options with { TimeProvider = new FakeTimeProvider(Start) }))
        {
            // The status is there once a run has been noted.
            Assert.True((await first.Host.TriggerTimerAsync(name, Cancellation)).Succeeded);
        }

        await using var again = await HostRun.StartAsync(new AppFolder().Timer(name, "0 */5 * * * *"), settings, options => options with { TimeProvider = new FakeTimeProvider(Start.AddHours(3)) });
        var call = Assert.Single(await again.CallsAsync("/" + name, 1));
        Assert.True(call.Json.GetProperty("Data").GetProperty("timer").GetProperty("IsPastDue").GetBoolean());
    }

    [Fact]
    public async Task A_timer_never_runs_in_parallel_with_itself()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Timer("T"));
        await run.ScriptAsync("/T", new { wait = true });
        var first = run.Host.TriggerTimerAsync("T", Cancellation);
        await run.CallsAsync("/T", 1);
        var second = run.Host.TriggerTimerAsync("T", Cancellation);
        Assert.Single(await run.CallsAsync("/T"));

        await run.ReleaseAsync();

        Assert.True((await first).Succeeded && (await second).Succeeded);
        Assert.Equal(2, (await run.CallsAsync("/T")).Count);
    }

    [Fact]
    public async Task A_paused_host_runs_the_timer_once_when_it_goes_on()
    {
        var clock = new FakeTimeProvider(Start);
        await using var run = await HostRun.StartAsync(new AppFolder().Timer("T", "0 */5 * * * *"), change: options => options with { TimeProvider = clock });
        run.Host.PauseTriggers();
        clock.Advance(TimeSpan.FromMinutes(12));
        Assert.Empty(await run.CallsAsync("/T"));
        run.Host.ResumeTriggers();
        await run.CallsAsync("/T", 1);
    }

    [Fact]
    public async Task Retry_policy_calls_again_with_its_context_and_a_new_id()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Function("T", """
            {"retry":{"strategy":"fixedDelay","maxRetryCount":2,"delayInterval":"00:00:00.010"},
             "bindings":[{"type":"timerTrigger","direction":"in","name":"timer","schedule":"0 0 0 1 1 *"}]}
            """));
        await run.ScriptAsync("/T", new { status = 500 }, new { status = 500 });
        Assert.True((await run.Host.TriggerTimerAsync("T", Cancellation)).Succeeded);
        var calls = await run.CallsAsync("/T", 3);
        Assert.Equal([0, 1, 2], calls.Select(call => call.Json.GetProperty("Metadata").GetProperty("RetryContext").GetProperty("RetryCount").GetInt32()));
        Assert.Equal(3, calls.Select(call => call.Header("x-azure-functions-invocationid")).Distinct().Count());
    }

    [Fact]
    public async Task The_admin_endpoint_fires_with_the_master_key_only()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Timer("T"));
        using (var refused = await run.Client.PostAsync($"/admin/functions/T?code={run.Host.HostKey}", null, Cancellation))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        using (var unknown = await run.Client.PostAsync($"/admin/functions/X?code={run.Host.MasterKey}", null, Cancellation))
        {
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }

        using var accepted = await run.Client.PostAsync($"/admin/functions/T?code={run.Host.MasterKey}", new StringContent("{}"), Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await run.CallsAsync("/T", 1);
    }

    [Fact]
    public void Past_due_goes_by_the_last_run_and_the_schedule_of_now()
    {
        Assert.False(TimerDecisions.IsPastDue(EveryFive, null, Start));
        Assert.True(TimerDecisions.IsPastDue(EveryFive, new TimerStatus(Start.AddMinutes(-10), default, default), Start));
        Assert.False(TimerDecisions.IsPastDue(EveryFive, new TimerStatus(Start.AddMinutes(-1), Start.AddHours(-1), default), Start));
        Assert.True(TimerDecisions.IsPastDue(EveryFive, new TimerStatus(default, default, Start.AddHours(-1)), Start));
    }

    // The listener may still be on its way to its wait when the clock is moved, so the clock moves until it has been heard.
    private static Task TickAsync(FakeTimeProvider clock, HostRun run, int calls) => Poll.UntilAsync(async () =>
    {
        if ((await run.CallsAsync("/T")).Count >= calls)
        {
            return true;
        }

        clock.Advance(TimeSpan.FromSeconds(10));
        return false;
    });
}
