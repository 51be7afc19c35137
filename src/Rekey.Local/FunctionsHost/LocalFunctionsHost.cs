using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Configuration.Triggers;
using Rekey.Local.FunctionsHost.Http;
using Rekey.Local.FunctionsHost.Queues;
using Rekey.Local.FunctionsHost.Timers;
using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost;

/// <summary>
/// Azure Functions for .NET isolated workers on this machine: protocol, triggers, keys and failures as host 4.1037 was recorded.
/// </summary>
/// <remarks>
/// The recordings are played against it by Rekey.Local.Tests (FunctionsHost/Recorded), 01 to 13b. Held in another time: 02 with a clock
/// set by hand; 08 to 08d with a functionTimeout of 2 s or 8 s; 11 and 11b with shorter calls, 11b with a limit of 2 s; 12 with locks of
/// 15 s that are looked for each second (60 s are the default of both, as there); 12b with a lease of 3 s; 13 and 13b with pauses and
/// outages of a tenth; queues with a visibilityTimeout of 1 s and polls each 0.2 s. Left out: the bodies of 5 MB and 99 MB of 07.
/// <para>What still differs from the real host, or is this host's own because it was not recorded:</para>
/// <list type="bullet">
/// <item>After a timeout that was ignored the next worker is always started when the old one has gone; the real host did it at once in
/// 08c. The message of that function comes again some 12 s after the order to leave; in 08d it took 20 s, for an unknown reason.</item>
/// <item>Calls that a crash of the worker failed are given up; the real host goes on to try the dead worker's port for 2 s, without
/// effect.</item>
/// <item>Timers fire at their tick or after it; the real host now and then some milliseconds early.</item>
/// <item>A function that fails after it has begun to answer breaks the caller's connection, and so does one whose worker left before it
/// said how it ended. An HTTP call that still runs at the limit of a stop is broken off.</item>
/// <item>A timer whose lock is lost stops and looks for it again. Receiving from a queue that is refused for another reason than a
/// storage that is away, such as 403, is tried for ever.</item>
/// <item>With messageEncoding base64 a message that is none goes to the poison queue after its tries, unseen by the worker.</item>
/// <item>The time-outs of a worker's start are this host's own, and so is ending a worker that has hung up or outstays its grace.</item>
/// <item>A worker takes calls once it listens on its HTTP port; the real host forwards at once, and tries again while nothing answers
/// there.</item>
/// <item>Keys are new with every start. Of the admin addresses there are ping, warmup and <c>functions/{name}</c>; the rest is 404 with
/// the master key.</item>
/// <item>A mistake where the app has them: retry policies, output bindings, other triggers, queue parameters other than string.</item>
/// <item>Not there: connections by identity, telemetry (trace_context stays empty), log levels of host.json, HTTP/2 and WebSockets, what
/// Azure's front ends do.</item>
/// <item>As an object in a process it ends its worker when it is disposed or its process dies. The <c>host</c> command leaves it behind
/// when it is killed, as the real host does.</item>
/// </list>
/// </remarks>
public sealed class LocalFunctionsHost : IAsyncDisposable
{
    private readonly LoadedFunctionApp app;
    private readonly LocalFunctionsHostOptions options;
    private readonly HostLog log;
    private readonly WorkerHttp http;
    private readonly PauseGate pause = new();
    private readonly CancellationTokenSource stopListeners = new();
    private readonly CancellationTokenSource abandon = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private WorkerServer? server;
    private WorkerKeeper? worker;
    private Invoker? invoker;
    private HostKeys keys = new([]);
    private List<TimerListener> timers = [];
    private Task listeners = Task.CompletedTask;
    private WebApplication? web;
    private Uri? address;
    private Task? stop;
    private int disposed;

    private LocalFunctionsHost(LocalFunctionsHostOptions options)
    {
        this.options = options;
        app = LoadedFunctionApp.Read(options);
        log = new HostLog(options.Log, options.TimeProvider);
        http = new WorkerHttp(options.Watcher);
    }

    /// <summary>The address of HTTP functions.</summary>
    public Uri Address => address!;

    /// <summary>Opens everything, the admin endpoint included.</summary>
    public string MasterKey => keys.Master;

    /// <summary>Opens every function of level <c>function</c>.</summary>
    public string HostKey => keys.Host;

    /// <summary>The functions that the worker reports, including disabled ones, sorted by name.</summary>
    public IReadOnlyList<FunctionDefinition> Functions => worker!.Functions ?? [];

    /// <summary>Whether a worker takes calls.</summary>
    public HostState State =>
        stopped.Task.IsCompleted ? HostState.Stopped
        : worker!.Ready is not null ? HostState.Running
        : HostState.WorkerDown;

    /// <summary>Completes when the host has stopped: by itself, or by dispose.</summary>
    public Task Completion => stopped.Task;

    /// <summary>
    /// Where the worker takes HTTP now; only the host and tests have business there.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no worker now.</exception>
    public Uri WorkerAddress =>
        worker!.Ready?.HttpAddress ?? throw new InvalidOperationException("There is no worker now, or it takes no HTTP.");

    /// <summary>The worker's process id while it runs.</summary>
    public int? WorkerPid => worker!.Pid;

    /// <summary>The number of worker starts.</summary>
    public int WorkerStarts => worker!.Starts;

    /// <summary>Reads the app folder, starts a worker, waits until its functions are loaded, and listens.</summary>
    /// <exception cref="FunctionsHostConfigurationException">Files, functions or settings are wrong.</exception>
    /// <exception cref="WorkerStartException">The worker failed three times before it took calls.</exception>
    public static async Task<LocalFunctionsHost> StartAsync(
        LocalFunctionsHostOptions options,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        var host = new LocalFunctionsHost(options);
        try
        {
            await host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The key of one function.</summary>
    public string FunctionKey(string functionName) => keys.Function(functionName);

    /// <summary>Ends the worker as a crash would; the host starts another, and the third time stops.</summary>
    public void KillWorker() => worker!.Kill();

    /// <summary>Ends the worker on purpose and waits until another takes calls; counts as no crash.</summary>
    public async Task RestartWorkerAsync(CancellationToken cancellationToken = default)
    {
        worker!.Restart();
        await worker.WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Lets timers and queues start nothing new; HTTP goes on.</summary>
    public void PauseTriggers() => pause.Pause();

    /// <summary>Lets timers and queues go on; a timer whose tick came in between runs once.</summary>
    public void ResumeTriggers() => pause.Resume();

    /// <summary>
    /// Runs a timer function now, also while triggers are paused or another instance has its lock, and waits for its end.
    /// </summary>
    /// <exception cref="ArgumentException">There is no enabled timer function of that name.</exception>
    public Task<InvocationResult> TriggerTimerAsync(string functionName, CancellationToken cancellationToken = default)
    {
        var timer = timers.FirstOrDefault(one => one.FunctionName.Equals(functionName, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no enabled timer function '{functionName}'.", nameof(functionName));
        return timer.FireAsync(isPastDue: false, cancellationToken);
    }

    /// <summary>
    /// Starts an invocation over the protocol alone: of an HTTP function no request is forwarded, so that a test can send one of its own
    /// to <see cref="WorkerAddress"/> with that id as <c>x-ms-invocation-id</c>. Completes with what the worker says.
    /// </summary>
    /// <param name="functionName">Any function of the app.</param>
    /// <param name="invocationId">Not in use now.</param>
    /// <param name="cancellationToken">Cancels the invocation as a client that hangs up does.</param>
    /// <exception cref="ArgumentException">There is no such function, or the id is in use.</exception>
    /// <exception cref="InvalidOperationException">There is no worker now.</exception>
    public Task<InvocationResult> StartInvocationAsync(
        string functionName,
        string invocationId,
        CancellationToken cancellationToken = default
    )
    {
        var function = Functions.FirstOrDefault(one => one.Name.Equals(functionName, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no function '{functionName}'.", nameof(functionName));
        var ready = worker!.Ready ?? throw new InvalidOperationException("There is no worker now.");
        var input = function.Trigger switch
        {
            HttpTriggerDefinition => new TypedData { Http = new RpcHttp() },
            QueueTriggerDefinition => new TypedData { String = "" },
            _ => new TypedData { Json = """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""" },
        };
        return invoker!.InvokeAsync(ready, function, input, new TriggerMetadata(), invocationId, cancellationToken);
    }

    /// <summary>
    /// Stops as the real host does on SIGTERM: closes the door, lets HTTP calls in flight end, stops the listeners, lets their calls end,
    /// all within <see cref="LocalFunctionsHostOptions.DrainTime"/>, and asks the worker to leave. The functions are not cancelled.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        await StopOnce(atOnce: false);
        await (worker?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        timers.ForEach(timer => timer.Dispose());
        http.Dispose();
        stopListeners.Dispose();
        abandon.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        server = await WorkerServer.StartAsync(cancellationToken);
        worker = new WorkerKeeper(app, options, server, log);
        invoker = new Invoker(worker, app.Host.FunctionTimeout, log, abandon.Token);
        worker.Start();
        await worker.WaitUntilReadyAsync(cancellationToken);
        keys = new HostKeys(Functions.Select(function => function.Name));
        if (HostStorage.Of(app, options.StorageRetryDelay) is { } storage)
        {
            timers = [.. Enabled<TimerTriggerDefinition>().Select(one => new TimerListener(one, invoker, storage, pause, options, log))];
        }

        var endpoint = new FunctionEndpoint(worker, invoker, http, log);
        var door = new HostWeb(app, Functions, keys, endpoint, new AdminEndpoint(Functions, timers, keys, invoker));
        web = await door.StartAsync(options.Port, options.DrainTime, cancellationToken);
        address = new Uri(web.Urls.Single());
        var queues = Enabled<QueueTriggerDefinition>().Select(QueueListener);
        listeners = Task.WhenAll([
            .. queues.Select(queue => queue.RunAsync(StopBecauseStorageIsGone, stopListeners.Token)),
            .. timers.Select(timer => timer.RunAsync(stopListeners.Token)),
        ]);
        _ = worker.GivenUp.ContinueWith(
            _ => StopOnce(atOnce: false),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default
        );
        log.Information($"Host started at {address}");
    }

    private static async Task CloseAsync(WebApplication door, CancellationToken limit)
    {
        try
        {
            await door.StopAsync(limit);
        }
        catch (OperationCanceledException)
        {
            // What still ran was broken off.
        }
    }

    private QueueListener QueueListener(FunctionDefinition function)
    {
        var settings = app.Host.Queues;
        var processor = new QueueMessageProcessor(function, invoker!, settings, options, log, abandon.Token);
        return new QueueListener(function, processor, pause, settings, options, log);
    }

    private void StopBecauseStorageIsGone(string why)
    {
        log.Error($"{why} An unhandled exception has occurred. Host is shutting down");
        _ = StopOnce(atOnce: true);
    }

    private Task StopOnce(bool atOnce)
    {
        lock (gate)
        {
            return stop ??= Task.Run(() => StopAsync(atOnce ? TimeSpan.Zero : options.DrainTime));
        }
    }

    private async Task StopAsync(TimeSpan drainTime)
    {
        using var limit = new CancellationTokenSource(drainTime);
        if (web is not null)
        {
            // Closes the door at once; timers and queues go on until the last HTTP call has ended.
            await CloseAsync(web, limit.Token);
        }

        await stopListeners.CancelAsync();
        if (await Task.WhenAny(listeners, Task.Delay(Timeout.Infinite, limit.Token)) != listeners)
        {
            log.Warning("Functions are still running: the worker is ended under them, and their messages stay hidden");
        }

        await abandon.CancelAsync();
        await (worker?.StopAsync() ?? Task.CompletedTask);
        await listeners;
        await (web?.DisposeAsync() ?? ValueTask.CompletedTask);
        log.Information("Host stopped");
        stopped.TrySetResult();
    }

    private IEnumerable<FunctionDefinition> Enabled<T>() => Functions.Where(function => !function.Disabled && function.Trigger is T);
}
