using System.ComponentModel;
using System.Globalization;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Configuration.Triggers;

namespace Rekey.Local.FunctionsHost.Worker;

/// <summary>
/// Keeps a worker running: starts it, loads its functions, starts it again when it ends, and gives up at the third crash.
/// </summary>
internal sealed class WorkerKeeper(LoadedFunctionApp app, LocalFunctionsHostOptions options, WorkerServer server, HostLog log)
    : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly WorkerFailures failures = new();
    private readonly TaskCompletionSource givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource ready = NewSignal();
    private WorkerRun? run;
    private bool stopping;
    private Task loop = Task.CompletedTask;

    /// <summary>The functions that the first worker reported; empty before.</summary>
    public IReadOnlyList<FunctionDefinition>? Functions { get; private set; }

    /// <summary>Completes when no worker is started any more: fails with what was wrong with the app, or is done.</summary>
    public Task GivenUp => givenUp.Task;

    public int Starts { get; private set; }

    public string LastError { get; private set; } = "";

    /// <summary>The worker that takes calls, or null when there is none.</summary>
    public WorkerRun? Ready
    {
        get
        {
            lock (gate)
            {
                return ready.Task.IsCompleted ? run : null;
            }
        }
    }

    public int? Pid
    {
        get
        {
            lock (gate)
            {
                return run?.Pid;
            }
        }
    }

    public void Start() => loop = Task.Run(KeepRunningAsync);

    /// <summary>Waits until a worker takes calls.</summary>
    /// <exception cref="WorkerStartException">None will.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        Task listening;
        lock (gate)
        {
            listening = ready.Task;
        }

        await Task.WhenAny(listening, givenUp.Task).WaitAsync(cancellationToken);
        if (givenUp.Task.IsCompleted)
        {
            await givenUp.Task;
            throw new WorkerStartException(LastError.Length > 0 ? LastError : "the host has stopped");
        }
    }

    /// <summary>Ends the worker as a crash would.</summary>
    public void Kill()
    {
        lock (gate)
        {
            run?.Kill(wanted: false);
        }
    }

    /// <summary>Ends the worker on purpose, which counts as no crash; another is started.</summary>
    public void Restart()
    {
        lock (gate)
        {
            NotReady();
            run?.Kill(wanted: true);
        }
    }

    /// <summary>
    /// A function went on beyond its time: its worker is asked to leave, with all its other work, and another is started.
    /// </summary>
    public void RestartAfterTimeout(WorkerRun late)
    {
        lock (gate)
        {
            if (run != late || late.EndIsWanted || stopping)
            {
                return;
            }

            NotReady();
            log.Error("A function timeout has occurred. Restarting the worker process");
            _ = late.TerminateAsync(TimeProvider.System.GetUtcNow());
        }
    }

    /// <summary>Asks the worker to leave and waits for its end; no other is started.</summary>
    public async Task StopAsync()
    {
        WorkerRun? last;
        lock (gate)
        {
            stopping = true;
            last = run;
            NotReady();
        }

        if (last is not null)
        {
            await last.TerminateAsync();
        }

        await loop;
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            stopping = true;
            run?.Kill(wanted: true);
        }

        await loop;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void NotReady()
    {
        if (ready.Task.IsCompleted)
        {
            ready = NewSignal();
        }
    }

    private async Task KeepRunningAsync()
    {
        try
        {
            while (await RunOnceAsync() is var crash && !stopping)
            {
                if (crash is null)
                {
                    continue;
                }

                LastError = crash;
                log.Error(crash);
                if (failures.IsLast(TimeProvider.System.GetUtcNow()))
                {
                    log.Error("Exceeded language worker restart retry count: the third crash within half an hour. Shutting down");
                    break;
                }
            }

            givenUp.TrySetResult();
        }
        catch (FunctionsHostConfigurationException wrong)
        {
            givenUp.TrySetException(wrong);
        }
    }

    /// <summary>One life of a worker; null when its end was wanted, otherwise what went wrong.</summary>
    private async Task<string?> RunOnceAsync()
    {
        WorkerRun started;
        lock (gate)
        {
            if (stopping)
            {
                return null;
            }

            try
            {
                started = run = WorkerRun.Start(
                    app,
                    options.Settings,
                    server,
                    new WorkerChannel(log.Worker, options.Watcher),
                    options.EndWorkerWithThisProcess,
                    log
                );
                Starts++;
            }
            catch (Win32Exception refused)
            {
                return $"The worker cannot be started: {refused.Message}";
            }
        }

        try
        {
            Functions = await started.LoadAsync(Functions, options.WorkerStartTime);
            BecomesReady(started);
        }
        catch (WorkerGoneException)
        {
            // Its exit code says more.
        }
        catch (WorkerStartException failed)
        {
            await EndAsync(started);
            return $"The worker failed to start: {failed.Message}";
        }
        catch (FunctionsHostConfigurationException)
        {
            await EndAsync(started);
            throw;
        }

        var code = await started.EndedAsync();
        await EndAsync(started);
        return started.EndIsWanted
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"The worker process {started.Pid} ended with exit code {code}");
    }

    private void BecomesReady(WorkerRun started)
    {
        lock (gate)
        {
            if (!started.EndIsWanted && !stopping)
            {
                ready.TrySetResult();
                log.Information($"Worker process {started.Pid} is ready, {Functions!.Count} functions loaded");
            }
        }
    }

    private async Task EndAsync(WorkerRun ended)
    {
        lock (gate)
        {
            run = null;
            NotReady();
        }

        await ended.DisposeAsync();
    }
}
