using Rekey.Local.FunctionsHost.Configuration.Triggers;
using Rekey.Local.FunctionsHost.Worker;
using Yarp.ReverseProxy.Forwarder;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>
/// One call of an HTTP function: the request goes to the worker's own HTTP port and the invocation over the protocol, at the same time
/// and with the same id. How the function ended is what the protocol says.
/// </summary>
internal sealed class FunctionEndpoint(WorkerKeeper worker, Invoker invoker, WorkerHttp http, HostLog log)
{
    // The functionTimeout bounds the call.
    private static readonly ForwarderRequestConfig Config = new()
    {
        Version = new Version(1, 1),
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        ActivityTimeout = Timeout.InfiniteTimeSpan,
    };

    public async Task RunAsync(HttpContext context, FunctionDefinition function)
    {
        string body;
        try
        {
            body = await ReadWholeAsync(context);
        }
        catch (BadHttpRequestException refused)
        {
            log.Error($"A request body was refused: {refused.Message}", function.Name);
            Fail(context);
            return;
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            // The caller left half-way; the worker never hears of it.
            context.Abort();
            return;
        }

        if (worker.Ready is not { HttpAddress: { } address } ready)
        {
            log.Error($"'{function.Name}' was not run: did not find any initialized language workers", function.Name);
            Fail(context);
            return;
        }

        await RunAsync(context, function, ready, address, HttpMetadata.Of(context.Request, body));
    }

    private async Task RunAsync(HttpContext context, FunctionDefinition function, WorkerRun run, Uri address, TriggerMetadata metadata)
    {
        var id = Guid.NewGuid().ToString();
        var forwarder = context.RequestServices.GetRequiredService<IHttpForwarder>();
        using var given = new CancellationTokenSource();
        var forward = forwarder
            .SendAsync(context, address.AbsoluteUri, http.Client, Config, new ForwardedRequest(id), given.Token)
            .AsTask();
        var result = await invoker.InvokeAsync(run, function, new TypedData { Http = new RpcHttp() }, metadata, id, context.RequestAborted);
        if (!result.Answered)
        {
            // The worker is gone, and what it began to answer with it.
            await given.CancelAsync();
        }

        var error = await forward;
        if (!result.Succeeded || error != ForwarderError.None)
        {
            Fail(context);
        }
    }

    /// <summary>
    /// With a length the host reads the whole body before it does anything; without one it is streamed. Gives what may be a JSON object.
    /// </summary>
    private static async Task<string> ReadWholeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength is null)
        {
            return "";
        }

        request.EnableBuffering();
        await request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        request.Body.Position = 0;
        using var reader = new StreamReader(request.Body, leaveOpen: true);
        while (char.IsWhiteSpace((char)reader.Peek()))
        {
            _ = reader.Read();
        }

        var text = reader.Peek() == '{' ? await reader.ReadToEndAsync(context.RequestAborted) : "";
        request.Body.Position = 0;
        return text;
    }

    private static void Fail(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer must not look whole.
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentLength = 0;
    }
}
