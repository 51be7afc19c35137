using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Envelopes;
using Rekey.Local.FunctionsHost.Handlers;

namespace Rekey.Local.FunctionsHost.Invocations;

/// <summary>Calls the handler with an envelope, judges the reply, writes the outputs, and keeps to functionTimeout.</summary>
internal sealed class Invoker(HandlerProcess handler, HostSettings host, QueueOutputs outputs, HostLog log) : IDisposable
{
    public const string HostVersion = "4.1037.0";

    private static readonly TimeSpan RefusedPause = TimeSpan.FromMilliseconds(25);

    // A redirect is followed, as the real host was seen to do. Nothing of this machine's proxy settings applies.
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly CancellationTokenSource stopping = new();

    public InFlightCalls InFlight { get; } = new();

    /// <summary>Runs one invocation to its end; it never throws for what the handler does.</summary>
    public async Task<InvocationResult> InvokeAsync(FunctionDefinition function, JsonObject envelope)
    {
        using var running = InFlight.Enter();
        var id = Guid.NewGuid();
        var elapsed = Stopwatch.StartNew();
        log.Information($"Executing '{function.Name}'", function.Name, id);
        var result = await RunAsync(function, envelope, id);
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

    /// <summary>A source that is cancelled at functionTimeout, when the host stops, and by <paramref name="caller"/>.</summary>
    public CancellationTokenSource Deadline(CancellationToken caller = default)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, caller);
        source.CancelAfter(host.FunctionTimeout);
        return source;
    }

    /// <summary>What to do when a deadline is over: the real host ends the handler, and other calls in flight with it.</summary>
    public string TimedOut(int generation)
    {
        if (stopping.IsCancellationRequested)
        {
            return "the host stopped";
        }

        handler.KillOnPurpose(generation);
        return $"it exceeded the functionTimeout of {host.FunctionTimeout:c}: the handler was ended";
    }

    /// <summary>Fails what is still running.</summary>
    public void Abandon() => stopping.Cancel();

    public void Dispose()
    {
        client.Dispose();
        stopping.Dispose();
    }

    private async Task<InvocationResult> RunAsync(FunctionDefinition function, JsonObject envelope, Guid id)
    {
        using var deadline = Deadline();
        var generation = 0;
        try
        {
            var reply = await CallWhenReadyAsync(function, envelope, id, started => generation = started, deadline.Token);
            if (reply is HandlerReply.Never)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, deadline.Token);
            }

            if (reply is not HandlerReply.Success success)
            {
                return new InvocationResult(id, null, ((HandlerReply.Failure)reply).Reason);
            }

            foreach (var line in success.Logs)
            {
                log.Information(line, function.Name, id);
            }

            await outputs.WriteAsync(function, success, deadline.Token);
            return new InvocationResult(id, success, null);
        }
        catch (OperationCanceledException)
        {
            return new InvocationResult(id, null, TimedOut(generation));
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            await handler.WaitForEndAsync(generation, stopping.Token);
            return new InvocationResult(id, null, $"the connection to the handler broke: {broken.Message}");
        }
        catch (HandlerStartException down)
        {
            return new InvocationResult(id, null, $"the handler is down: {down.Message}");
        }
        catch (Azure.RequestFailedException refused)
        {
            return new InvocationResult(id, null, $"an output could not be written: {refused.Status} {refused.ErrorCode}");
        }
    }

    /// <summary>
    /// Between a crash and its discovery nobody listens. What was refused there has not reached the handler, so it is
    /// sent again to the next one instead of costing a queue message one of its tries.
    /// </summary>
    private async Task<HandlerReply> CallWhenReadyAsync(FunctionDefinition function, JsonObject envelope, Guid id, Action<int> started, CancellationToken cancellationToken)
    {
        while (true)
        {
            await handler.WaitUntilReadyAsync(cancellationToken);
            started(handler.Generation);
            try
            {
                return await CallAsync(function, envelope, id, cancellationToken);
            }
            catch (HttpRequestException refused) when (refused.HttpRequestError == HttpRequestError.ConnectionError)
            {
                await Task.Delay(RefusedPause, cancellationToken);
            }
        }
    }

    private async Task<HandlerReply> CallAsync(FunctionDefinition function, JsonObject envelope, Guid id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(handler.Address, function.Name));
        request.Headers.Add("X-Azure-Functions-InvocationId", id.ToString());
        request.Headers.Add("X-Azure-Functions-HostVersion", HostVersion);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Azure-Functions-Host", HostVersion));
        request.Content = new ChunkedJson(envelope.ToJsonString(EnvelopeValues.Json));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return ReplyReader.Read((int)response.StatusCode, response.Content.Headers.ContentType, body);
    }

    /// <summary>The host never declares a length: a handler that relies on Content-Length must fail here too.</summary>
    private sealed class ChunkedJson : HttpContent
    {
        private readonly byte[] bytes;

        public ChunkedJson(string json)
        {
            bytes = Encoding.UTF8.GetBytes(json);
            Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
