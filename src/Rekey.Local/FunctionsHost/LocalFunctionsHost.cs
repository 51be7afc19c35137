using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Handlers;
using Rekey.Local.FunctionsHost.Http;
using Rekey.Local.FunctionsHost.Invocations;
using Rekey.Local.FunctionsHost.Triggers;

namespace Rekey.Local.FunctionsHost;

/// <summary>Where the host stands.</summary>
public enum HostState
{
    /// <summary>The handler listens.</summary>
    Running,

    /// <summary>The handler is being started again; HTTP gets 503.</summary>
    HandlerDown,

    /// <summary>The handler failed three times within half an hour, or the host was disposed.</summary>
    Stopped,
}

/// <summary>
/// Azure Functions for custom handlers on this machine: triggers, bindings, keys and failures as a v4 host was seen to
/// treat them. The handler is a process of its own and never outlives the host.
/// </summary>
public sealed class LocalFunctionsHost : IAsyncDisposable
{
    private readonly FunctionApp app;
    private readonly LocalFunctionsHostOptions options;
    private readonly CancellationTokenSource stopTriggers = new();
    private readonly PauseGate pause = new();
    private readonly HostLog log;
    private readonly HandlerProcess handler;
    private readonly Invoker invoker;
    private readonly HttpForwarder forwarder;
    private readonly HostKeys keys;
    private readonly List<TimerListener> timers;
    private Task listeners = Task.CompletedTask;
    private WebApplication? web;
    private int disposed;

    private LocalFunctionsHost(LocalFunctionsHostOptions options)
    {
        this.options = options;
        app = FunctionApp.Read(options);
        log = new HostLog(options.Log, options.TimeProvider);
        handler = new HandlerProcess(app, options.Settings, log, options.TimeProvider);
        invoker = new Invoker(handler, app.Host, new QueueOutputs(app.Host.Queues), log);
        forwarder = new HttpForwarder(handler, invoker, log);
        keys = new HostKeys(app.Functions.Select(function => function.Name));
        var statuses = new TimerStatusStore(app.Settings.Find("AzureWebJobsStorage"));
        timers = [.. Enabled<TimerTriggerDefinition>().Select(function => new TimerListener(function, invoker, statuses, pause, log, options.TimeProvider))];
    }

    /// <summary>Where HTTP functions and webhooks are reached.</summary>
    public Uri Address => new(web!.Urls.Single());

    /// <summary>Opens everything, the admin endpoint included.</summary>
    public string MasterKey => keys.Master;

    /// <summary>Opens every function of level <c>function</c>.</summary>
    public string HostKey => keys.Host;

    /// <summary>The system key <c>eventgrid_extension</c>.</summary>
    public string EventGridKey => keys.EventGrid;

    /// <summary>What was read from the function.json files, disabled functions included.</summary>
    public IReadOnlyList<FunctionDefinition> Functions => app.Functions;

    /// <summary>Whether the handler listens.</summary>
    public HostState State => handler.Stopped.IsCompleted ? HostState.Stopped : handler.IsReady ? HostState.Running : HostState.HandlerDown;

    /// <summary>Completes when the host has stopped: by itself after the handler's third error, or by dispose.</summary>
    public Task Completion => handler.Stopped;

    /// <summary>Where the handler listens; only the host and tests have business there.</summary>
    public Uri HandlerAddress => handler.Address;

    /// <summary>The handler's process id while it runs.</summary>
    public int? HandlerPid => handler.Pid;

    /// <summary>How often the handler was started.</summary>
    public int HandlerStarts => handler.Generation;

    /// <summary>Reads the app folder, starts the handler, waits until it answers, and opens the door.</summary>
    /// <exception cref="FunctionsHostConfigurationException">Files or settings are wrong.</exception>
    /// <exception cref="HandlerStartException">The handler failed three times before it answered.</exception>
    public static async Task<LocalFunctionsHost> StartAsync(LocalFunctionsHostOptions options, CancellationToken cancellationToken = default)
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

    /// <summary>The address to which Event Grid delivers for a function, its key included.</summary>
    public Uri EventGridWebhookAddress(string functionName) =>
        new(Address, $"{EventGridWebhook.Path}?functionName={Uri.EscapeDataString(functionName)}&code={keys.EventGrid}");

    /// <summary>Ends the handler as a crash would; the host starts it again, and the third time stops.</summary>
    public void KillHandler() => handler.Kill();

    /// <summary>Ends the handler on purpose and waits until it listens again; counts as no error.</summary>
    public async Task RestartHandlerAsync(CancellationToken cancellationToken = default)
    {
        handler.KillOnPurpose(handler.Generation);
        await handler.WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Lets timers and queues start nothing new; HTTP and Event Grid go on.</summary>
    public void PauseTriggers() => pause.Pause();

    /// <summary>Lets timers and queues go on; a timer whose tick came in between runs once.</summary>
    public void ResumeTriggers() => pause.Resume();

    /// <summary>Runs a timer function now, also while triggers are paused, and waits for its end.</summary>
    /// <exception cref="ArgumentException">There is no enabled timer function of that name.</exception>
    public Task<InvocationResult> TriggerTimerAsync(string functionName, CancellationToken cancellationToken = default)
    {
        var timer = timers.FirstOrDefault(one => one.FunctionName.Equals(functionName, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no enabled timer function '{functionName}'.", nameof(functionName));
        return timer.FireAsync(isPastDue: false, cancellationToken);
    }

    /// <summary>Stops triggers, waits for running invocations as long as the options say, and ends the handler.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        await stopTriggers.CancelAsync();
        if (!await invoker.InFlight.DrainAsync(options.DrainTime))
        {
            log.Warning("Invocations are still running: the handler is ended under them");
        }

        // The handler goes first, so that what is left fails at once and its messages are given back.
        await handler.DisposeAsync();
        invoker.Abandon();
        await listeners;
        if (web is not null)
        {
            await web.DisposeAsync();
        }

        timers.ForEach(timer => timer.Dispose());
        forwarder.Dispose();
        invoker.Dispose();
        stopTriggers.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        handler.Start();
        await handler.WaitUntilReadyAsync(cancellationToken);
        var eventGrid = new EventGridWebhook([.. Enabled<EventGridTriggerDefinition>()], keys, handler, invoker, log, options.TimeProvider);
        var admin = new AdminEndpoint([.. app.Functions.Where(function => !function.Disabled)], timers, keys, invoker, options.TimeProvider);
        web = await new HostWeb(app, keys, handler, forwarder, new HttpEnvelopeEndpoint(invoker, options.TimeProvider), eventGrid, admin).StartAsync(options.Port, cancellationToken);
        var queues = Enabled<QueueTriggerDefinition>().Select(function =>
            new QueueListener(function, new QueueMessageProcessor(function, invoker, app.Host.Queues, options.QueueLease, log), handler, pause, app.Host.Queues, options.QueueLease, log));
        listeners = Task.WhenAll([.. queues.Select(queue => queue.RunAsync(stopTriggers.Token)), .. timers.Select(timer => timer.RunAsync(stopTriggers.Token))]);
        _ = StopTriggersWithHandlerAsync();
    }

    private async Task StopTriggersWithHandlerAsync()
    {
        await handler.Stopped;
        if (Volatile.Read(ref disposed) == 0)
        {
            await stopTriggers.CancelAsync();
        }
    }

    private IEnumerable<FunctionDefinition> Enabled<T>() => app.Functions.Where(function => !function.Disabled && function.Trigger is T);
}
