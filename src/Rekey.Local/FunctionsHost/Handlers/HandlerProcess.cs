using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.Processes;

namespace Rekey.Local.FunctionsHost.Handlers;

/// <summary>
/// Keeps the handler running on one port: starts it, waits until it answers, starts it again when it ends, and gives up
/// at the third error.
/// </summary>
internal sealed class HandlerProcess(FunctionApp app, IReadOnlyDictionary<string, string> settings, HostLog log, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWindow = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndNoticed = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadyInterval = TimeSpan.FromMilliseconds(25);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource disposing = new();
    private readonly HandlerFailures failures = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient ping = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private TaskCompletionSource ready = NewSignal();
    private TaskCompletionSource ended = NewSignal();
    private ChildProcess? child;
    private bool endIsWanted;
    private Task loop = Task.CompletedTask;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort()}/");

    /// <summary>Completes when the handler has failed too often or this is disposed.</summary>
    public Task Stopped => stopped.Task;

    /// <summary>Counts starts; an invocation remembers in which it began.</summary>
    public int Generation { get; private set; }

    public string LastError { get; private set; } = "";

    public int? Pid
    {
        get
        {
            lock (gate)
            {
                return child?.Id;
            }
        }
    }

    public bool IsReady
    {
        get
        {
            lock (gate)
            {
                return ready.Task.IsCompleted && !stopped.Task.IsCompleted;
            }
        }
    }

    public void Start() => loop = Task.Run(KeepRunningAsync);

    /// <summary>Waits until the handler listens.</summary>
    /// <exception cref="HandlerStartException">It has failed for good.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        Task listening;
        lock (gate)
        {
            listening = ready.Task;
        }

        await Task.WhenAny(listening, stopped.Task).WaitAsync(cancellationToken);
        if (stopped.Task.IsCompleted)
        {
            throw new HandlerStartException(LastError.Length > 0 ? LastError : "the host has stopped");
        }
    }

    /// <summary>
    /// After a broken connection: waits a moment for the end of the process that most likely broke it, so that the next
    /// call goes to its successor and not into the closing socket.
    /// </summary>
    public async Task WaitForEndAsync(int generation, CancellationToken cancellationToken)
    {
        Task end;
        lock (gate)
        {
            end = generation == Generation ? ended.Task : Task.CompletedTask;
        }

        await Task.WhenAny(end, Task.Delay(EndNoticed, cancellationToken));
    }

    /// <summary>Ends the handler as a crash would.</summary>
    public void Kill()
    {
        lock (gate)
        {
            child?.Kill();
        }
    }

    /// <summary>Ends the handler on purpose, which counts as no error, unless it was restarted since <paramref name="generation"/>.</summary>
    public void KillOnPurpose(int generation)
    {
        lock (gate)
        {
            if (generation == Generation && child is not null)
            {
                // From here on nobody may take the dying process for a listening one.
                if (ready.Task.IsCompleted)
                {
                    ready = NewSignal();
                }

                endIsWanted = true;
                child.Kill();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await disposing.CancelAsync();
        Kill();
        await loop;
        stopped.TrySetResult();
        ping.Dispose();
        disposing.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // As the real host does: a port that is free now, kept for every restart.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task KeepRunningAsync()
    {
        while (!disposing.IsCancellationRequested)
        {
            var error = await RunOnceAsync();
            if (disposing.IsCancellationRequested)
            {
                break;
            }

            if (error is null)
            {
                continue;
            }

            LastError = error;
            log.Error(error);
            if (failures.IsLast(time.GetUtcNow()))
            {
                log.Error(string.Create(CultureInfo.InvariantCulture, $"The handler failed {HandlerFailures.Limit} times within {HandlerFailures.Window.TotalMinutes:0} min: the host stops"));
                break;
            }
        }

        stopped.TrySetResult();
    }

    /// <summary>One life of the handler; null when its end was wanted, otherwise what went wrong.</summary>
    private async Task<string?> RunOnceAsync()
    {
        ChildProcess running;
        try
        {
            running = StartChild();
        }
        catch (Win32Exception refused)
        {
            return $"The handler cannot be started: {refused.Message}";
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        await using (running)
        {
            if (!ProcessReaper.Watch(running.Id))
            {
                log.Warning("Node is not on PATH: nothing ends the handler should this process be killed");
            }

            var late = !await AnswersAsync(running) && !running.Exited.IsCompleted;
            if (late)
            {
                running.Kill();
            }

            var code = await running.Exited;
            ProcessReaper.Forget(running.Id);
            return Ended() || code == HandlerFailures.IntentionalExitCode ? null
                : late ? string.Create(CultureInfo.InvariantCulture, $"The handler did not answer GET / within {ReadyWindow.TotalSeconds:0} s")
                : $"The handler ended with exit code {code}";
        }
    }

    private ChildProcess StartChild()
    {
        var environment = new Dictionary<string, string>(settings)
        {
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = Address.Port.ToString(CultureInfo.InvariantCulture),
            ["FUNCTIONS_HTTPWORKER_PORT"] = Address.Port.ToString(CultureInfo.InvariantCulture),
            ["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = Guid.NewGuid().ToString(),
            ["FUNCTIONS_APP_ROOT_PATH"] = app.Root,
        };
        var handler = app.Host.Handler;
        lock (gate)
        {
            // Disposing has already killed what was there; nothing may start after it.
            disposing.Token.ThrowIfCancellationRequested();
            child = ChildProcess.Start(new ChildProcessStart(handler.Executable, handler.Arguments, handler.WorkingDirectory)
            {
                Environment = environment,
                OnOutput = line => log.Information(line),
                OnError = line => log.Error(line),
            });
            Generation++;
            endIsWanted = false;
            ended = NewSignal();
            return child;
        }
    }

    private bool Ended()
    {
        lock (gate)
        {
            child = null;
            ended.TrySetResult();
            if (ready.Task.IsCompleted)
            {
                ready = NewSignal();
            }

            return endIsWanted;
        }
    }

    private async Task<bool> AnswersAsync(ChildProcess running)
    {
        for (var elapsed = Stopwatch.StartNew(); elapsed.Elapsed < ReadyWindow && !running.Exited.IsCompleted;)
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(disposing.Token);
                patience.CancelAfter(ReadyWindow - elapsed.Elapsed);
                // Any answer counts, 404 too.
                using var answer = await ping.GetAsync(Address, HttpCompletionOption.ResponseHeadersRead, patience.Token);
                lock (gate)
                {
                    if (!endIsWanted)
                    {
                        ready.TrySetResult();
                    }
                }

                return true;
            }
            catch (HttpRequestException)
            {
                await Task.WhenAny(running.Exited, Task.Delay(ReadyInterval));
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return false;
    }
}
