using System.Diagnostics;
using System.Globalization;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Configuration.Triggers;
using Rekey.Local.Processes;

namespace Rekey.Local.FunctionsHost.Worker;

/// <summary>One life of a worker: its process, its channel, and where it takes HTTP.</summary>
internal sealed class WorkerRun : IAsyncDisposable
{
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ExitNoticed = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ListeningNoticed = TimeSpan.FromMilliseconds(20);

    private readonly LoadedFunctionApp app;
    private readonly ChildProcess process;
    private readonly bool reaped;

    private WorkerRun(LoadedFunctionApp app, WorkerChannel channel, ChildProcess process, bool reaped)
    {
        this.app = app;
        Channel = channel;
        this.process = process;
        this.reaped = reaped;
    }

    public WorkerChannel Channel { get; }

    public int Pid => process.Id;

    /// <summary>The capability <c>HttpUri</c>; null for a worker that takes no HTTP.</summary>
    public Uri? HttpAddress { get; private set; }

    /// <summary>An end that the host asked for is no crash.</summary>
    public bool EndIsWanted { get; private set; }

    /// <summary>When the host asked the worker to leave because a function went on beyond its time; null otherwise.</summary>
    public DateTimeOffset? TimedOutAt { get; private set; }

    /// <param name="settings">Go into the worker's environment, over what it inherits.</param>
    /// <param name="reap">Whether the worker ends with this process, however that ends.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be run.</exception>
    public static WorkerRun Start(
        LoadedFunctionApp app,
        IReadOnlyDictionary<string, string> settings,
        WorkerServer server,
        WorkerChannel channel,
        bool reap,
        HostLog log
    )
    {
        var workerId = Guid.NewGuid().ToString();
        server.Expect(workerId, channel);
        IReadOnlyList<string> arguments = [.. app.Worker.Arguments, .. Arguments(server.Port, workerId)];
        var child = ChildProcess.Start(
            new ChildProcessStart(app.Worker.Executable, arguments, app.Root)
            {
                Environment = new Dictionary<string, string>(settings)
                {
                    ["FUNCTIONS_WORKER_DIRECTORY"] = app.Root,
                    ["FUNCTIONS_APPLICATION_DIRECTORY"] = app.Root,
                    ["DOTNET_NOLOGO"] = "true",
                    ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "true",
                    ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "true",
                },
                OnOutput = log.Console,
                OnError = log.Console,
            }
        );
        log.Information($"Worker process {child.Id} started");
        var watched = reap && ProcessReaper.Watch(child.Id);
        if (reap && !watched)
        {
            log.Warning("Node is not on PATH: nothing ends the worker should this process be killed");
        }

        return new WorkerRun(app, channel, child, watched);
    }

    /// <summary>
    /// From the worker's first message to its functions being loaded, and its own HTTP port open. Gives the functions: those given, or
    /// what the worker says on the first start.
    /// </summary>
    /// <exception cref="WorkerStartException">The worker refused, or took too long.</exception>
    /// <exception cref="WorkerGoneException">It ended meanwhile.</exception>
    /// <exception cref="FunctionsHostConfigurationException">Its functions are wrong.</exception>
    public async Task<IReadOnlyList<FunctionDefinition>> LoadAsync(IReadOnlyList<FunctionDefinition>? functions, TimeSpan patience)
    {
        try
        {
            await UnlessEnded(Channel.Connected).WaitAsync(patience);
            var initialized = await Channel.InitializeAsync(app.Root).WaitAsync(patience);
            Require(initialized.Result, "it could not initialize");
            HttpAddress = initialized.Capabilities.TryGetValue("HttpUri", out var text) ? new Uri(text) : null;
            functions ??= await DescribeAsync(patience);
            // The real host loads disabled functions too, at the end: an administrator may still run them.
            var inOrder = functions.OrderBy(function => function.Disabled);
            var loads = inOrder.Select(function => (function.Name, Loading: Channel.LoadAsync(function.Metadata))).ToList();
            foreach (var (name, loading) in loads)
            {
                Require((await loading.WaitAsync(patience)).Result, $"it could not load {name}");
            }

            await ListensAsync(patience);
            return functions;
        }
        catch (UriFormatException wrong)
        {
            throw new WorkerStartException($"its HttpUri is no address: {wrong.Message}");
        }
        catch (TimeoutException)
        {
            var seconds = string.Create(CultureInfo.InvariantCulture, $"{patience.TotalSeconds:0.#} s");
            throw new WorkerStartException($"it did not connect, initialize, load its functions or open its HTTP port within {seconds}");
        }
    }

    /// <summary>Completes with the exit code when the process is gone. A worker that has hung up but lives is ended.</summary>
    public async Task<int> EndedAsync()
    {
        await Task.WhenAny(process.Exited, Channel.Closed);
        if (await Task.WhenAny(process.Exited, Task.Delay(ExitNoticed)) != process.Exited)
        {
            process.Kill();
        }

        var code = await process.Exited;
        Channel.Close();
        return code;
    }

    /// <summary>Asks the worker to leave, and ends it when it does not.</summary>
    public async Task TerminateAsync(DateTimeOffset? timedOutAt = null)
    {
        (EndIsWanted, TimedOutAt) = (true, timedOutAt);
        if (!Channel.Connected.IsCompleted)
        {
            // It cannot be asked yet.
            process.Kill();
            return;
        }

        Channel.Terminate(Grace);
        if (await Task.WhenAny(process.Exited, Task.Delay(Grace + ExitNoticed)) != process.Exited)
        {
            process.Kill();
        }
    }

    /// <summary>Ends the process at once.</summary>
    public void Kill(bool wanted)
    {
        EndIsWanted |= wanted;
        process.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        if (reaped)
        {
            ProcessReaper.Forget(process.Id);
        }

        Channel.Close();
    }

    private static string[] Arguments(int port, string workerId)
    {
        var (host, at, request, most) = (
            "127.0.0.1",
            port.ToString(CultureInfo.InvariantCulture),
            Guid.NewGuid().ToString(),
            WorkerServer.MaxMessage.ToString(CultureInfo.InvariantCulture)
        );
        return
        [
            "--host",
            host,
            "--port",
            at,
            "--workerId",
            workerId,
            "--requestId",
            request,
            "--grpcMaxMessageLength",
            most,
            "--functions-uri",
            $"http://{host}:{at}/",
            "--functions-worker-id",
            workerId,
            "--functions-request-id",
            request,
            "--functions-grpc-max-message-length",
            most,
        ];
    }

    private static void Require(StatusResult? result, string otherwise)
    {
        if (result?.Status != StatusResult.Types.Status.Success)
        {
            throw new WorkerStartException($"{otherwise}: {result?.Exception?.Message ?? result?.Result ?? "it gave no reason"}");
        }
    }

    private async Task<IReadOnlyList<FunctionDefinition>> DescribeAsync(TimeSpan patience)
    {
        var described = await Channel.DescribeAsync(app.Root).WaitAsync(patience);
        Require(described.Result, "it could not say which functions it has");
        return FunctionMetadataReader.Read(described.FunctionMetadataResults, app.Settings);
    }

    /// <summary>
    /// Waits until the worker takes HTTP. It has chosen a free port, but listens there only after it has connected; a program that takes
    /// the port meanwhile ends it. Calls must not go to that program, nor to a worker that is about to end.
    /// </summary>
    private async Task ListensAsync(TimeSpan patience)
    {
        if (HttpAddress is not { } address)
        {
            return;
        }

        for (var waited = Stopwatch.StartNew(); !await PortOwner.ListensAsync(process.Id, address); )
        {
            if (waited.Elapsed > patience)
            {
                throw new TimeoutException();
            }

            await UnlessEnded(Task.Delay(ListeningNoticed));
        }
    }

    private async Task UnlessEnded(Task waited)
    {
        if (await Task.WhenAny(waited, process.Exited) != waited)
        {
            throw new WorkerGoneException();
        }
    }
}
