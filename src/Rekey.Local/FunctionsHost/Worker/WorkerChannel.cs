using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Rekey.Local.FunctionsHost.Worker;

/// <summary>The stream of one worker process: the requests to it, and the calls that wait for answers.</summary>
internal sealed class WorkerChannel(Action<RpcLog> log, IWorkerWatcher? watcher)
{
    private readonly Channel<StreamingMessage> outbox = Channel.CreateUnbounded<StreamingMessage>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<FunctionLoadResponse>> loads = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<WorkerInitResponse> initialized = Source<WorkerInitResponse>();
    private readonly TaskCompletionSource<FunctionMetadataResponse> described = Source<FunctionMetadataResponse>();
    private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the worker has said its id.</summary>
    public Task Connected => connected.Task;

    /// <summary>Completes when the stream has ended or was given up: nothing more comes.</summary>
    public Task Closed => closed.Task;

    public async Task RunAsync(
        IAsyncStreamReader<StreamingMessage> fromWorker,
        IServerStreamWriter<StreamingMessage> toWorker,
        CancellationToken cancellationToken
    )
    {
        watcher?.Received(fromWorker.Current);
        connected.TrySetResult();
        var writing = WriteAsync(toWorker, cancellationToken);
        try
        {
            while (await fromWorker.MoveNext(cancellationToken))
            {
                Receive(fromWorker.Current);
            }
        }
        catch (Exception ended)
            when (ended is IOException or OperationCanceledException or InvalidOperationException or Grpc.Core.RpcException)
        {
            // The worker is gone.
        }

        Close();
        await writing;
    }

    /// <summary>Fails every call that waits for the worker.</summary>
    public void Close()
    {
        closed.TrySetResult();
        outbox.Writer.TryComplete();
        var gone = new WorkerGoneException();
        initialized.TrySetException(gone);
        described.TrySetException(gone);
        foreach (var load in loads.Values)
        {
            load.TrySetException(gone);
        }

        foreach (var call in calls.Values)
        {
            call.TrySetException(gone);
        }
    }

    public Task<WorkerInitResponse> InitializeAsync(string appRoot)
    {
        var request = new WorkerInitRequest
        {
            HostVersion = "4.1037.0.0",
            WorkerDirectory = appRoot,
            FunctionAppDirectory = appRoot,
        };
        request.Capabilities["MultiStream"] = "10";
        Send(new StreamingMessage { WorkerInitRequest = request });
        return initialized.Task;
    }

    public Task<FunctionMetadataResponse> DescribeAsync(string appRoot)
    {
        Send(new StreamingMessage { FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = appRoot } });
        return described.Task;
    }

    /// <summary>Asks for a function; the metadata is the part of the worker's own that the real host gives back.</summary>
    public Task<FunctionLoadResponse> LoadAsync(RpcFunctionMetadata function)
    {
        var metadata = new RpcFunctionMetadata
        {
            Name = function.Name,
            ScriptFile = function.ScriptFile,
            EntryPoint = function.EntryPoint,
        };
        metadata.Bindings.Add(function.Bindings);
        metadata.Properties["FunctionId"] = function.FunctionId;
        var load = loads[function.FunctionId] = Source<FunctionLoadResponse>();
        var request = new FunctionLoadRequest { FunctionId = function.FunctionId, Metadata = metadata };
        Send(new StreamingMessage { FunctionLoadRequest = request });
        FailWhenClosed(load);
        return load.Task;
    }

    /// <summary>Starts an invocation; throws <see cref="WorkerGoneException"/> when the worker ends before it has answered.</summary>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request)
    {
        var call = Source<InvocationResponse>();
        if (!calls.TryAdd(request.InvocationId, call))
        {
            throw new ArgumentException($"The invocation id {request.InvocationId} is in use.", nameof(request));
        }

        try
        {
            Send(new StreamingMessage { InvocationRequest = request });
            FailWhenClosed(call);
            return await call.Task;
        }
        finally
        {
            calls.TryRemove(request.InvocationId, out _);
        }
    }

    public void Cancel(string invocationId) =>
        Send(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = invocationId } });

    public void Terminate(TimeSpan grace) =>
        Send(new StreamingMessage { WorkerTerminate = new WorkerTerminate { GracePeriod = Duration.FromTimeSpan(grace) } });

    private static TaskCompletionSource<T> Source<T>()
    {
        var source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Without a waiter the error is of no interest.
        _ = source.Task.ContinueWith(
            task => task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default
        );
        return source;
    }

    // Close may have gone through the lists just before this one was added.
    private void FailWhenClosed<T>(TaskCompletionSource<T> source)
    {
        if (closed.Task.IsCompleted)
        {
            source.TrySetException(new WorkerGoneException());
        }
    }

    private void Send(StreamingMessage message) => outbox.Writer.TryWrite(message);

    private void Receive(StreamingMessage message)
    {
        watcher?.Received(message);
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.RpcLog:
                log(message.RpcLog);
                break;
            case StreamingMessage.ContentOneofCase.WorkerInitResponse:
                initialized.TrySetResult(message.WorkerInitResponse);
                break;
            case StreamingMessage.ContentOneofCase.FunctionMetadataResponse:
                described.TrySetResult(message.FunctionMetadataResponse);
                break;
            case StreamingMessage.ContentOneofCase.FunctionLoadResponse
                when loads.TryGetValue(message.FunctionLoadResponse.FunctionId, out var load):
                load.TrySetResult(message.FunctionLoadResponse);
                break;
            case StreamingMessage.ContentOneofCase.InvocationResponse
                when calls.TryGetValue(message.InvocationResponse.InvocationId, out var call):
                call.TrySetResult(message.InvocationResponse);
                break;
            default:
                // A worker answers invocation_cancel and worker_terminate with an empty message.
                break;
        }
    }

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> toWorker, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in outbox.Reader.ReadAllAsync(cancellationToken))
            {
                watcher?.Sent(message);
                await toWorker.WriteAsync(message, cancellationToken);
            }
        }
        catch (Exception ended)
            when (ended is IOException or OperationCanceledException or InvalidOperationException or Grpc.Core.RpcException)
        {
            // The worker is gone. The reading side reports it.
        }
    }
}
