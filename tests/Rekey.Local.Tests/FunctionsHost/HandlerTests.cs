using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Processes;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class HandlerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_handler_inherits_the_environment_with_the_settings_over_it()
    {
        await using var run = await HostRun.StartAsync(
            new AppFolder(AppFolder.HostJson.Replace("[\"handler.mjs\"]", "[\"handler.mjs\",\"--mode\",\"%Mode%\"]", StringComparison.Ordinal)).EventGrid("E"),
            new() { ["Mode"] = "quick", ["A__B"] = "set" });
        var environment = await run.Handler.GetFromJsonAsync<Dictionary<string, string>>("/__env", Cancellation);
        Assert.Equal("set", environment!["A__B"]);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), environment["PATH"]);
        Assert.Equal(run.Host.HandlerAddress.Port.ToString(), environment["FUNCTIONS_CUSTOMHANDLER_PORT"]);
        Assert.Equal(environment["FUNCTIONS_CUSTOMHANDLER_PORT"], environment["FUNCTIONS_HTTPWORKER_PORT"]);
        Assert.NotEmpty(environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"]);
        var arguments = await run.Handler.GetFromJsonAsync<JsonElement>("/__args", Cancellation);
        Assert.Equal(["--mode", "quick"], arguments.GetProperty("args").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(environment["FUNCTIONS_APP_ROOT_PATH"], arguments.GetProperty("cwd").GetString());
    }

    [Fact]
    public async Task Stdout_is_information_and_stderr_is_error()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().EventGrid("E"));
        await Poll.UntilAsync(() => run.Log.Any(line => line is { Text: "handler listens", Level: LogLevel.Information })
            && run.Log.Any(line => line is { Text: "handler complains", Level: LogLevel.Error }));
    }

    [Fact]
    public async Task A_crashed_handler_is_started_again_on_its_port_and_the_third_error_stops_the_host()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Http("Hello"));
        var pid = run.Host.HandlerPid;
        for (var start = 2; start <= 3; start++)
        {
            run.Host.KillHandler();
            await Poll.UntilAsync(() => run.Host.HandlerStarts == start && run.Host.State == HostState.Running);
        }

        Assert.NotEqual(pid, run.Host.HandlerPid);
        using (var alive = await run.Client.GetAsync("/Hello", Cancellation))
        {
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }

        run.Host.KillHandler();
        await run.Host.Completion.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.Equal(HostState.Stopped, run.Host.State);
        using var refused = await run.Client.GetAsync("/Hello", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Fact]
    public async Task Restarts_on_purpose_and_exit_code_200_do_not_count()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Http("Hello"));
        for (var restart = 0; restart < 3; restart++)
        {
            await run.Host.RestartHandlerAsync(Cancellation);
        }

        for (var start = 5; start <= 7; start++)
        {
            await run.ScriptAsync("/Hello", new { exit = 200 });
            using var broken = await run.Client.GetAsync("/Hello", Cancellation);
            // 503 when the client tried a GET once more by itself and nobody listened yet.
            Assert.True(broken.StatusCode is HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable);
            await Poll.UntilAsync(() => run.Host.HandlerStarts == start && run.Host.State == HostState.Running);
        }
    }

    [Fact]
    public async Task A_handler_that_never_starts_should_refuse_the_start()
    {
        var refused = await Assert.ThrowsAsync<HandlerStartException>(() => HostRun.StartAsync(new AppFolder().EventGrid("E"), new() { ["TEST_EXIT_AT_START"] = "7" }));
        Assert.Contains("exit code 7", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_functionTimeout_the_handler_is_ended_and_started_again()
    {
        await using var run = await HostRun.StartAsync(new AppFolder(AppFolder.HostJson.Replace("00:00:30", "00:00:01", StringComparison.Ordinal)).Timer("T").Http("Slow"));
        await run.ScriptAsync("/T", new { body = "" });
        await run.ScriptAsync("/Slow", new { wait = true });
        var other = run.Client.GetAsync("/Slow", Cancellation);
        await run.CallsAsync("/Slow", 1);

        var result = await run.Host.TriggerTimerAsync("T", Cancellation);

        Assert.Contains("functionTimeout", result.Error, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.InternalServerError, (await other).StatusCode);
        await Poll.UntilAsync(() => run.Host is { HandlerStarts: 2, State: HostState.Running });
        Assert.True((await run.Host.TriggerTimerAsync("T", Cancellation)).Succeeded);
    }

    [Fact]
    public async Task Dispose_waits_for_what_runs_and_leaves_no_process()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Timer("T"), change: options => options with { DrainTime = TimeSpan.FromSeconds(20) });
        await run.ScriptAsync("/T", new { wait = true });
        using var process = Process.GetProcessById(run.Host.HandlerPid!.Value);
        var running = run.Host.TriggerTimerAsync("T", Cancellation);
        await run.CallsAsync("/T", 1);

        var disposing = run.Host.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        await run.ReleaseAsync();
        await disposing;

        Assert.True((await running).Succeeded);
        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task Dispose_ends_a_handler_whose_work_outlasts_the_drain()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Timer("T"));
        await run.ScriptAsync("/T", new { wait = true });
        using var process = Process.GetProcessById(run.Host.HandlerPid!.Value);
        var running = run.Host.TriggerTimerAsync("T", Cancellation);
        await run.CallsAsync("/T", 1);
        await run.Host.DisposeAsync();
        Assert.False((await running).Succeeded);
        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task Lines_of_an_invocation_carry_function_and_id()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Timer("T"));
        await run.ScriptAsync("/T", new { body = """{"Logs":["scan finished"]}""" });
        var result = await run.Host.TriggerTimerAsync("t", Cancellation);
        Assert.Contains(run.Log, line => line.Text == "scan finished" && line.FunctionName == "T" && line.InvocationId == result.InvocationId);
        Assert.Equal(result.InvocationId.ToString(), Assert.Single(await run.CallsAsync("/T")).Header("x-azure-functions-invocationid"));
    }

    [Fact]
    public void PATH_is_searched_for_what_may_be_run()
    {
        Assert.NotNull(ExecutableSearch.OnPath("node"));
        Assert.Null(ExecutableSearch.OnPath("node", ""));
        Assert.Null(ExecutableSearch.Runnable(Path.Combine(AppContext.BaseDirectory, "FunctionsHost", "handler.mjs")));
    }
}
