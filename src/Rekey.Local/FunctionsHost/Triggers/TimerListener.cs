using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Envelopes;
using Rekey.Local.FunctionsHost.Invocations;

namespace Rekey.Local.FunctionsHost.Triggers;

/// <summary>One timer function: on its schedule, once for ticks that were missed, never twice at a time.</summary>
internal sealed class TimerListener(FunctionDefinition function, Invoker invoker, TimerStatusStore statuses, PauseGate pause, HostLog log, TimeProvider time) : IDisposable
{
    // Timers of the platform end at 49 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly TimerTriggerDefinition trigger = (TimerTriggerDefinition)function.Trigger;
    private readonly SemaphoreSlim oneAtATime = new(1);

    public string FunctionName => function.Name;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(cancellationToken);
            while (TimerDecisions.Next(trigger.Schedule, time.GetUtcNow()) is { } next)
            {
                await WaitUntilAsync(next, cancellationToken);
                await pause.PassAsync(cancellationToken);
                await FireAsync(isPastDue: false, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        catch (Azure.RequestFailedException broken)
        {
            log.Error($"The timer '{function.Name}' has stopped: its status cannot be kept ({broken.Status} {broken.ErrorCode})", function.Name);
        }
    }

    /// <summary>Runs the function now, after a run that is under way; with its retries.</summary>
    public async Task<InvocationResult> FireAsync(bool isPastDue, CancellationToken cancellationToken)
    {
        await oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var started = time.GetUtcNow();
            var status = trigger.UseMonitor ? await statuses.ReadAsync(function.Name, cancellationToken) : null;
            var result = await InvokeWithRetriesAsync(status, isPastDue, cancellationToken);
            if (trigger.UseMonitor)
            {
                // A failed run was a run: the host does not repeat it before its next tick. What ran is noted even when the host stops.
                await statuses.WriteAsync(function.Name, TimerDecisions.Status(trigger.Schedule, started, time.GetUtcNow()), CancellationToken.None);
            }

            return result;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public void Dispose() => oneAtATime.Dispose();

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await pause.PassAsync(cancellationToken);
        var now = time.GetUtcNow();
        var status = trigger.UseMonitor ? await statuses.ReadAsync(function.Name, cancellationToken) : null;
        var pastDue = TimerDecisions.IsPastDue(trigger.Schedule, status, now);
        if (trigger.UseMonitor && status is null)
        {
            await statuses.WriteAsync(function.Name, TimerDecisions.Status(trigger.Schedule, default, now), cancellationToken);
        }

        if (pastDue || trigger.RunOnStartup)
        {
            await FireAsync(pastDue, cancellationToken);
        }
    }

    private async Task<InvocationResult> InvokeWithRetriesAsync(TimerStatus? status, bool isPastDue, CancellationToken cancellationToken)
    {
        string? error = null;
        for (var retry = 0; ; retry++)
        {
            var context = function.Retry is { } policy ? new RetryContext(retry, policy.MaxRetryCount, error) : null;
            var result = await invoker.InvokeAsync(function, Envelope.Timer(function.Name, trigger, status, isPastDue, context, time.GetUtcNow()));
            if (result.Succeeded || function.Retry is null || retry >= function.Retry.MaxRetryCount)
            {
                return result;
            }

            error = result.Error;
            await Task.Delay(function.Retry.Delay(retry + 1), time, cancellationToken);
        }
    }

    private async Task WaitUntilAsync(DateTimeOffset next, CancellationToken cancellationToken)
    {
        while (next - time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < LongestWait ? left : LongestWait, time, cancellationToken);
        }
    }
}
