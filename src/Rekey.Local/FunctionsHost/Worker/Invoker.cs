using System.Diagnostics;
using System.Globalization;
using Rekey.Local.FunctionsHost.Configuration.Triggers;

namespace Rekey.Local.FunctionsHost.Worker;

/// <summary>Runs invocations in the worker and ensures that each ends.</summary>
/// <param name="abandoned">The host is gone: nothing waits any longer for the end of a late worker.</param>
internal sealed class Invoker(WorkerKeeper worker, TimeSpan functionTimeout, HostLog log, CancellationToken abandoned)
{
    /// <summary>How long a function may run after it was asked to cancel.</summary>
    public static readonly TimeSpan CancelTime = TimeSpan.FromSeconds(2);

    /// <summary>The time after the host asks a late worker to leave, after which its other calls fail.</summary>
    public static readonly TimeSpan LateFailure = TimeSpan.FromSeconds(10);

    /// <summary>Runs one invocation to its end; without a worker it fails at once.</summary>
    public Task<InvocationResult> InvokeAsync(
        FunctionDefinition function,
        TypedData input,
        TriggerMetadata metadata,
        string? invocationId = null
    )
    {
        var id = invocationId ?? Guid.NewGuid().ToString();
        if (worker.Ready is { } ready)
        {
            return InvokeAsync(ready, function, input, metadata, id);
        }

        log.Error($"'{function.Name}' was not run: did not find any initialized language workers", function.Name, id);
        return Task.FromResult(InvocationResult.Lost(id, "there is no worker"));
    }

    /// <param name="caller">Cancels the invocation, as a client that hangs up does.</param>
    public async Task<InvocationResult> InvokeAsync(
        WorkerRun run,
        FunctionDefinition function,
        TypedData input,
        TriggerMetadata metadata,
        string id,
        CancellationToken caller = default
    )
    {
        var elapsed = Stopwatch.StartNew();
        log.Information($"Executing '{function.Name}'", function.Name, id);
        var result = await RunAsync(run, Request(function, input, metadata, id), caller);
        var time = string.Create(CultureInfo.InvariantCulture, $"{elapsed.Elapsed.TotalMilliseconds:0} ms");
        if (result.Succeeded)
        {
            log.Information($"Executed '{function.Name}' (Succeeded, {time})", function.Name, id);
        }
        else
        {
            log.Error($"Executed '{function.Name}' (Failed, {time}): {result.Error}", function.Name, id);
        }

        return result;
    }

    private static InvocationRequest Request(FunctionDefinition function, TypedData input, TriggerMetadata metadata, string id)
    {
        var request = new InvocationRequest
        {
            InvocationId = id,
            FunctionId = function.Id,
            TraceContext = new RpcTraceContext(),
        };
        request.InputData.Add(new ParameterBinding { Name = function.Trigger.Name, Data = input });
        request.TriggerMetadata.Add(metadata.Values);
        return request;
    }

    private static InvocationResult Read(InvocationResponse response) =>
        response.Result?.Status switch
        {
            StatusResult.Types.Status.Success => InvocationResult.Success(response.InvocationId),
            StatusResult.Types.Status.Cancelled => InvocationResult.Failure(response.InvocationId, "it was cancelled"),
            _ => InvocationResult.Failure(response.InvocationId, Why(response.Result?.Exception)),
        };

    private static string Why(RpcException? exception) =>
        exception is null ? "the worker gave no reason" : $"{exception.Type}: {exception.Message}";

    private async Task<InvocationResult> RunAsync(WorkerRun run, InvocationRequest request, CancellationToken caller)
    {
        using var done = new CancellationTokenSource();
        await using var hangUp = caller.Register(() => run.Channel.Cancel(request.InvocationId));
        var watching = WatchTimeAsync(run, request.InvocationId, done.Token);
        try
        {
            return Read(await run.Channel.InvokeAsync(request));
        }
        catch (WorkerGoneException gone)
        {
            await done.CancelAsync();
            if (run.TimedOutAt + LateFailure - TimeProvider.System.GetUtcNow() is { } left && left > TimeSpan.Zero)
            {
                await Task.WhenAny(Task.Delay(left, abandoned));
            }

            return InvocationResult.Lost(request.InvocationId, gone.Message);
        }
        finally
        {
            await done.CancelAsync();
            await watching;
        }
    }

    private async Task WatchTimeAsync(WorkerRun run, string invocationId, CancellationToken done)
    {
        try
        {
            await Task.Delay(functionTimeout, done);
            log.Error(
                string.Create(CultureInfo.InvariantCulture, $"Timeout value of {functionTimeout:c} exceeded: the invocation is cancelled"),
                invocation: invocationId
            );
            run.Channel.Cancel(invocationId);
            await Task.Delay(CancelTime, done);
            worker.RestartAfterTimeout(run);
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }
    }
}
