using System.Globalization;
using Azure;
using Newtonsoft.Json;
using Rekey.Local.FunctionsHost.Configuration.Triggers;
using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost.Timers;

/// <summary>
/// One timer function: while this instance holds its lock it runs on its schedule, once for ticks that were missed, never twice at a time.
/// </summary>
internal sealed class TimerListener(
    FunctionDefinition function,
    Invoker invoker,
    HostStorage storage,
    PauseGate pause,
    LocalFunctionsHostOptions options,
    HostLog log
) : IDisposable
{
    // Timers of the platform end at 49 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly TimerTriggerDefinition trigger = (TimerTriggerDefinition)function.Trigger;
    private readonly TimerStatusStore statuses = new(storage);
    private readonly TimerLock sole = new(storage, function.Name, options.TimerLease, log);
    private readonly TimeProvider _timeProvider = options.TimeProvider;
    private readonly SemaphoreSlim oneAtATime = new(1);

    // Kept here: a tick must not wait for a storage that is away.
    private TimerStatus? status;

    public string FunctionName => function.Name;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await sole.TryTakeAsync(cancellationToken))
                {
                    await RunWithLockAsync(cancellationToken);
                }
                else
                {
                    log.Information(
                        $"The timer '{function.Name}' runs in another instance; looking again in {options.TimerLookInterval:c}",
                        function.Name
                    );
                }

                await Task.Delay(options.TimerLookInterval, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    /// <summary>Runs the function now, after a run that is under way.</summary>
    public async Task<InvocationResult> FireAsync(bool isPastDue, CancellationToken cancellationToken)
    {
        await oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (trigger.UseMonitor)
            {
                status ??= await ReadStatusAsync(cancellationToken);
            }

            var (now, due) = (_timeProvider.GetUtcNow(), status?.Next);
            var result = await invoker.InvokeAsync(
                function,
                Input(isPastDue),
                new TriggerMetadata().Text("TimerTrigger", now.UtcDateTime.ToString(CultureInfo.InvariantCulture))
            );
            if (trigger.UseMonitor)
            {
                // A failed run was a run, and so was one that found no worker. One that fires a moment early counts for its tick.
                await RememberAsync(due is { } tick && tick > now && tick - now < TimeSpan.FromSeconds(1) ? tick : now);
            }

            return result;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public void Dispose() => oneAtATime.Dispose();

    private async Task RunWithLockAsync(CancellationToken cancellationToken)
    {
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var holding = sole.HoldAsync(held.Token);
        var running = RunScheduleAsync(held.Token);
        try
        {
            await await Task.WhenAny(holding, running);
        }
        finally
        {
            await held.CancelAsync();
            await Task.WhenAll(holding, running)
                .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await sole.ReleaseAsync();
        }
    }

    private async Task RunScheduleAsync(CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        while (TimerDecisions.Next(trigger.Schedule, _timeProvider.GetUtcNow()) is { } next)
        {
            await WaitUntilAsync(next, cancellationToken);
            await pause.PassAsync(cancellationToken);
            await FireAsync(isPastDue: false, cancellationToken);
        }

        // A schedule that never comes again keeps its lock.
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await pause.PassAsync(cancellationToken);
        var now = _timeProvider.GetUtcNow();
        var pastDue = false;
        if (trigger.UseMonitor)
        {
            // Another instance may have run it since.
            status = await ReadStatusAsync(cancellationToken);
            pastDue = TimerDecisions.IsPastDue(trigger.Schedule, status, now);
            if (status is null)
            {
                await WriteStatusAsync(status = TimerDecisions.Status(trigger.Schedule, default, now));
            }
        }

        if (pastDue || trigger.RunOnStartup)
        {
            await FireAsync(pastDue, cancellationToken);
        }
    }

    private async Task<TimerStatus?> ReadStatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await statuses.ReadAsync(function.Name, cancellationToken);
        }
        catch (Exception away) when (away is RequestFailedException or AggregateException)
        {
            log.Error($"The status of the timer '{function.Name}' cannot be read", function.Name);
            return null;
        }
    }

    private Task RememberAsync(DateTimeOffset ran)
    {
        status = TimerDecisions.Status(trigger.Schedule, ran, ran);
        return WriteStatusAsync(status);
    }

    // What ran is noted even when the host stops.
    private async Task WriteStatusAsync(TimerStatus written)
    {
        try
        {
            await statuses.WriteAsync(function.Name, written, CancellationToken.None);
        }
        catch (Exception away) when (away is RequestFailedException or AggregateException)
        {
            log.Error($"The status of the timer '{function.Name}' cannot be kept", function.Name);
        }
    }

    private TypedData Input(bool isPastDue) =>
        new()
        {
            Json = JsonConvert.SerializeObject(
                new
                {
                    Schedule = new { AdjustForDST = true },
                    // Before the first run nothing has been updated, whatever is stored.
                    ScheduleStatus = trigger.UseMonitor && status is { } known
                        ? new
                        {
                            known.Last,
                            known.Next,
                            LastUpdated = known.Last,
                        }
                        : null,
                    IsPastDue = isPastDue,
                }
            ),
        };

    private async Task WaitUntilAsync(DateTimeOffset next, CancellationToken cancellationToken)
    {
        while (next - _timeProvider.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < LongestWait ? left : LongestWait, _timeProvider, cancellationToken);
        }
    }
}
