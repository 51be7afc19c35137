using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Rekey.Local.FunctionsHost;
using Rekey.Local.FunctionsHost.Worker;
using Rekey.Local.Processes;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class WorkerTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_of_the_worker_keep_level_category_and_invocation()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        await run.Client.GetAsync("/says", Cancellation);
        await run.SaysAsync("says to stderr");
        Assert.Contains(run.Log, line =>
            line is { Text: "says to stdout", Level: LogLevel.Information, Category: "Host.Function.Console" }
        );
        Assert.Contains(run.Log, line =>
            line is { Text: "says to stderr", Level: LogLevel.Information, Category: "Host.Function.Console" }
        );
        var warning = run.Log.Single(line => line.Text == "a warning with 7");
        Assert.Equal((LogLevel.Warning, "Rekey.Local.Tests.Worker.HttpFunctions"), (warning.Level, warning.Category));
        Assert.Equal((string?)run.Trace.Invocations("Says").Single()["invocation_id"], warning.InvocationId);
        Assert.Contains(run.Log, line =>
            line.FunctionName == "Says"
            && line.InvocationId == warning.InvocationId
            && line.Text.Contains("Succeeded", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_worker_that_ends_at_once_is_tried_three_times_and_what_it_said_is_in_the_log()
    {
        var lines = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var failed = await Assert.ThrowsAsync<WorkerStartException>(() =>
            HostRun.StartAsync(azurite.ConnectionString, settings: new() { ["TEST_EXIT_AT_START"] = "3" }, change: options =>
                options with
                {
                    Log = line => lines.Enqueue(line.Text),
                }
            )
        );
        Assert.Contains("exit code 3", failed.Message, StringComparison.Ordinal);
        Assert.Equal(3, lines.Count(line => line == "the worker gives up"));
    }

    [Fact]
    public async Task A_worker_that_never_connects_is_given_up()
    {
        var failed = await Assert.ThrowsAsync<WorkerStartException>(() =>
            HostRun.StartAsync(azurite.ConnectionString, settings: new() { ["TEST_NEVER_CONNECTS"] = "1" }, change: options =>
                options with
                {
                    WorkerStartTime = TimeSpan.FromSeconds(0.5),
                }
            )
        );
        Assert.Contains("did not connect", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_whose_port_was_taken_takes_no_calls_and_is_started_again_which_counts_as_a_crash()
    {
        using var offers = new TcpListener(IPAddress.Loopback, 0);
        offers.Start();
        HostTrace? trace = null;
        var starting = HostRun.StartAsync(
            azurite.ConnectionString,
            settings: new() { ["TEST_OFFERS_ITS_PORT"] = ((IPEndPoint)offers.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture) },
            change: options =>
            {
                trace = (HostTrace)options.Watcher!;
                return options;
            }
        );
        using var worker = await offers.AcceptTcpClientAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        // The next worker finds nobody to offer its port to.
        offers.Stop();
        var port = new byte[sizeof(int)];
        await worker.GetStream().ReadExactlyAsync(port, Cancellation);
        using var thief = new TcpListener(IPAddress.Loopback, BitConverter.ToInt32(port));
        thief.Start();
        // By now the worker has done all that it is asked.
        await Poll.UntilAsync(() =>
            trace!.Of("FunctionLoadRequest").Count is > 0 and var loads && loads == trace.Of("FunctionLoadResponse").Count
        );
        worker.Dispose();

        await using var run = await starting;
        Assert.Equal((2, HostState.Running), (run.Host.WorkerStarts, run.Host.State));
        using var answer = await run.Client.GetAsync("/items/1", Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.False(thief.Pending());
        Assert.Single(run.Log, line => line.Text.Contains("is ready", StringComparison.Ordinal));
        Assert.Contains(run.Log, line => line.Text.Contains("ended with exit code", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_that_another_process_listens_on_is_not_the_workers()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}"));
        await using var other = ChildProcess.Start(
            new ChildProcessStart(ExecutableSearch.OnPath("node")!, ["-e", "setInterval(() => {}, 1000)"], Path.GetTempPath())
        );
        Assert.True(await PortOwner.ListensAsync(Environment.ProcessId, address));
        Assert.False(await PortOwner.ListensAsync(other.Id, address));
        listener.Stop();
        Assert.False(await PortOwner.ListensAsync(Environment.ProcessId, address));
    }

    [Fact]
    public async Task A_restart_on_purpose_counts_as_no_crash()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        for (var start = 2; start <= 4; start++)
        {
            using var worker = Process.GetProcessById(run.Host.WorkerPid!.Value);
            await run.Host.RestartWorkerAsync(Cancellation);
            Assert.True(worker.HasExited);
            Assert.Equal((start, HostState.Running), (run.Host.WorkerStarts, run.Host.State));
        }

        using var answer = await run.Client.GetAsync("/items/1", Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task An_invocation_by_hand_becomes_the_call_that_a_request_with_its_id_is()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        var before = run.Trace.Count;
        var id = Guid.NewGuid().ToString();
        var invocation = run.Host.StartInvocationAsync("Item", id, Cancellation);
        await Assert.ThrowsAsync<ArgumentException>(() => run.Host.StartInvocationAsync("Nothing", id, Cancellation));

        using var straight = new HttpClient { BaseAddress = run.Host.WorkerAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/files/other");
        request.Headers.Add("x-ms-invocation-id", id);
        using var answer = await straight.SendAsync(request, Cancellation);

        // The function is the invocation's, not the path's.
        Assert.True((await invocation).Succeeded);
        Assert.Contains("\"fn\":\"Item\"", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.DoesNotContain(run.Trace.Lines.Skip(before), line => line.Direction == "host->worker.http");
    }

    [Fact]
    public async Task A_stranger_on_the_protocol_port_is_refused()
    {
        await using var server = await WorkerServer.StartAsync(Cancellation);
        server.Expect("known", new WorkerChannel(_ => { }, watcher: null));
        Assert.Null(server.Take("unknown"));
        Assert.NotNull(server.Take("known"));
        Assert.Null(server.Take("known"));
    }

    [Fact]
    public void The_third_crash_within_half_an_hour_is_the_last()
    {
        var failures = new WorkerFailures();
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.False(failures.IsLast(now));
        Assert.False(failures.IsLast(now.AddMinutes(1)));
        Assert.False(failures.IsLast(now.AddMinutes(30)));
        Assert.True(failures.IsLast(now.AddMinutes(30.5)));
    }

    [Fact]
    public void PATH_is_searched_for_what_may_be_run()
    {
        Assert.NotNull(ExecutableSearch.OnPath("node"));
        Assert.Null(ExecutableSearch.OnPath("node", ""));
        Assert.Null(ExecutableSearch.Runnable(Path.Combine(AppContext.BaseDirectory, "xunit.runner.json")));
    }
}
