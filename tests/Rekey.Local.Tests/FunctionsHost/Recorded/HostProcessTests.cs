using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Azure.Storage.Queues;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Processes;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>10, 11 and 12 with the host as a process: what becomes of it and of its worker.</summary>
public sealed class HostProcessTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_host_leaves_its_worker_behind_and_the_next_one_serves_beside_it()
    {
        var name = HostRun.NewName();
        var queue = new QueueClient(azurite.ConnectionString, $"{name}-slow");
        await queue.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await queue.SendMessageAsync("2", Cancellation);
        await using var host = await HostProcess.StartAsync(HostRun.Settings(azurite.ConnectionString, name));
        await host.SaysAsync("app: SlowQueue begins 2 dequeue=1");
        using var worker = Process.GetProcessById(host.WorkerPid);

        using (var killed = Process.GetProcessById(host.Pid))
        {
            killed.Kill();
        }

        await using (var next = await HostRun.StartAsync(azurite.ConnectionString, name: name))
        {
            Assert.Equal(HttpStatusCode.OK, (await next.Client.GetAsync("/items/ready", Cancellation)).StatusCode);
            Assert.Empty(next.Trace.Invocations("SlowQueue"));
            Assert.Empty((await queue.PeekMessagesAsync(10, Cancellation)).Value);
            Assert.Equal(1, (await queue.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount);
            Assert.Empty(next.Trace.Invocations("Tick"));
        }

        Assert.False(worker.HasExited);
        await HostProcess.SignalAsync("TERM", worker.Id);
        await worker.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact]
    public async Task SIGTERM_lets_calls_end_and_exits_0()
    {
        await using var host = await HostProcess.StartAsync(HostRun.Settings(azurite.ConnectionString, HostRun.NewName()));
        using var client = new HttpClient { BaseAddress = host.Address };
        var call = client.GetStringAsync("/slow/2", Cancellation);
        await host.SaysAsync("app: Slow begins 2");
        using var worker = Process.GetProcessById(host.WorkerPid);
        await HostProcess.SignalAsync("TERM", host.Pid);
        Assert.Equal("slept", await call);
        Assert.Equal(0, await host.ExitAsync());
        await Poll.UntilAsync(() => worker.HasExited);
    }

    [Fact]
    public async Task After_the_third_crash_of_its_worker_it_exits_0()
    {
        // A setting of the file, and one of the environment, which wins.
        await using var host = await HostProcess.StartAsync(
            HostRun.Settings(azurite.ConnectionString, HostRun.NewName()),
            """{"Values":{"AzureWebJobs.Item.Disabled":"true","Queues":"wrong_name"}}"""
        );
        using (var client = new HttpClient { BaseAddress = host.Address })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/items/1", Cancellation)).StatusCode);
        }

        for (var crash = 1; crash <= 3; crash++)
        {
            await Poll.UntilAsync(() => host.Starts == crash && host.Ready == crash);
            await HostProcess.SignalAsync("KILL", host.WorkerPid);
        }

        Assert.Equal(0, await host.ExitAsync());
        Assert.Equal(3, host.Starts);
    }

    [Fact]
    public async Task With_a_folder_that_is_no_app_it_says_so_and_exits_1()
    {
        using var folder = new AppFolder(hostJson: null, AppFolder.WorkerConfig("dotnet", "missing.dll"));
        await using var host = HostProcess.Start(folder, []);
        Assert.Equal(1, await host.ExitAsync());
        await host.SaysAsync("host.json: cannot be read");
        await host.SaysAsync("defaultWorkerPath 'missing.dll'");
    }

    /// <summary>The host command as a process of its own.</summary>
    private sealed class HostProcess : IAsyncDisposable
    {
        private readonly AppFolder folder;
        private readonly ConcurrentQueue<string> lines = new();
        private readonly Rekey.Local.Processes.ChildProcess process;

        private HostProcess(AppFolder folder, Dictionary<string, string> settings)
        {
            this.folder = folder;
            process = Rekey.Local.Processes.ChildProcess.Start(
                new ChildProcessStart(
                    ExecutableSearch.OnPath("dotnet")!,
                    [typeof(LocalFunctionsHost).Assembly.Location, "host", folder.Path, "--port", "0"],
                    folder.Path
                )
                {
                    Environment = settings,
                    OnOutput = lines.Enqueue,
                    OnError = lines.Enqueue,
                }
            );
        }

        public int Pid => process.Id;

        public Uri Address => new(Word("Host started at "));

        public int Starts =>
            lines.Count(line =>
                line.Contains("Worker process", StringComparison.Ordinal) && line.EndsWith("started", StringComparison.Ordinal)
            );

        public int Ready => lines.Count(line => line.Contains("is ready", StringComparison.Ordinal));

        /// <summary>Of the last worker.</summary>
        public int WorkerPid => int.Parse(Word("Worker process "), CultureInfo.InvariantCulture);

        public static HostProcess Start(AppFolder folder, Dictionary<string, string> settings) => new(folder, settings);

        public static async Task<HostProcess> StartAsync(Dictionary<string, string> settings, string? localSettings = null)
        {
            var app = new AppFolder();
            if (localSettings is not null)
            {
                await File.WriteAllTextAsync(Path.Combine(app.Path, "local.settings.json"), localSettings, Cancellation);
            }

            var host = Start(app, settings);
            await host.SaysAsync("Host started at");
            return host;
        }

        public static async Task SignalAsync(string signal, int pid)
        {
            using var kill = Process.Start("kill", ["-" + signal, pid.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync(Cancellation);
        }

        public Task SaysAsync(string text) => Poll.UntilAsync(() => lines.Any(line => line.Contains(text, StringComparison.Ordinal)));

        public Task<int> ExitAsync() => process.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        public async ValueTask DisposeAsync()
        {
            await process.DisposeAsync();
            if (Starts > 0)
            {
                await EndWorkerAsync(WorkerPid);
            }

            folder.Dispose();
        }

        // The id may be another's by now.
        private async Task EndWorkerAsync(int pid)
        {
            var commandLine = $"/proc/{pid}/cmdline";
            if (File.Exists(commandLine) && (await File.ReadAllTextAsync(commandLine)).Contains(folder.Path, StringComparison.Ordinal))
            {
                await SignalAsync("KILL", pid);
            }
        }

        private string Word(string before) =>
            lines.Last(line => line.Contains(before, StringComparison.Ordinal)).Split(before)[1].Split(' ')[0];
    }
}
