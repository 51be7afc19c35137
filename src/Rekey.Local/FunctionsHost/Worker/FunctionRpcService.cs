using Grpc.Core;

namespace Rekey.Local.FunctionsHost.Worker;

/// <summary>The host's side of the protocol: a worker that is expected gets its channel, any other caller is refused.</summary>
internal sealed class FunctionRpcService(WorkerServer server) : FunctionRpc.FunctionRpcBase
{
    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream,
        IServerStreamWriter<StreamingMessage> responseStream,
        ServerCallContext context
    )
    {
        if (
            !await requestStream.MoveNext(context.CancellationToken)
            || requestStream.Current.ContentCase != StreamingMessage.ContentOneofCase.StartStream
            || server.Take(requestStream.Current.StartStream.WorkerId) is not { } channel
        )
        {
            throw new Grpc.Core.RpcException(new Status(StatusCode.PermissionDenied, "This host expects no such worker."));
        }

        await channel.RunAsync(requestStream, responseStream, context.CancellationToken);
    }
}
