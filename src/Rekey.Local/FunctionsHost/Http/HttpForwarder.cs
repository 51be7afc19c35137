using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Handlers;
using Rekey.Local.FunctionsHost.Invocations;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>Passes a request to the handler as it is, and its answer back as it is.</summary>
internal sealed class HttpForwarder(HandlerProcess handler, Invoker invoker, HostLog log) : IDisposable
{
    // Of one connection only (RFC 9110 §7.6.1); the two X- headers are the host's own to set.
    private static readonly HashSet<string> NotPassed = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "X-Azure-Functions-InvocationId", "X-Azure-Functions-HostVersion",
    };

    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    });

    public async Task ForwardAsync(HttpContext context, FunctionDefinition function)
    {
        using var running = invoker.InFlight.Enter();
        using var deadline = invoker.Deadline(context.RequestAborted);
        var id = Guid.NewGuid();
        var generation = handler.Generation;
        log.Information($"Executing '{function.Name}'", function.Name, id);
        try
        {
            using var request = Request(context.Request, id);
            using var response = await client.SendAsync(request, deadline.Token);
            Answer(context.Response, response);
            await response.Content.CopyToAsync(context.Response.Body, deadline.Token);
            log.Information($"Executed '{function.Name}' (Succeeded, {(int)response.StatusCode})", function.Name, id);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            log.Information($"Executed '{function.Name}' (the caller went away)", function.Name, id);
        }
        catch (OperationCanceledException)
        {
            Fail(context, function, id, invoker.TimedOut(generation));
        }
        catch (HttpRequestException refused) when (refused.HttpRequestError == HttpRequestError.ConnectionError)
        {
            // It has just ended, and nobody has noticed yet.
            Fail(context, function, id, "the handler is down", StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            Fail(context, function, id, $"the connection to the handler broke: {broken.Message}");
        }
    }

    public void Dispose() => client.Dispose();

    private HttpRequestMessage Request(HttpRequest incoming, Guid id)
    {
        var request = new HttpRequestMessage(new HttpMethod(incoming.Method), ForwardUri.For(handler.Address, incoming.Path, incoming.QueryString));
        if (incoming.ContentLength > 0 || incoming.Headers.ContainsKey("Transfer-Encoding"))
        {
            request.Content = new StreamContent(incoming.Body);
        }

        foreach (var (name, values) in incoming.Headers.Where(header => !NotPassed.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        // As sent when it was sent: what a caller claims here is not proof of anything.
        if (!incoming.Headers.ContainsKey("X-Forwarded-For") && incoming.HttpContext.Connection.RemoteIpAddress is { } remote)
        {
            request.Headers.Add("X-Forwarded-For", remote.ToString());
        }

        request.Headers.Add("X-Azure-Functions-InvocationId", id.ToString());
        request.Headers.Add("X-Azure-Functions-HostVersion", Invoker.HostVersion);
        return request;
    }

    private static void Answer(HttpResponse outgoing, HttpResponseMessage response)
    {
        outgoing.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).Where(header => !NotPassed.Contains(header.Key)))
        {
            outgoing.Headers[name] = values.ToArray();
        }
    }

    private void Fail(HttpContext context, FunctionDefinition function, Guid id, string error, int status = StatusCodes.Status500InternalServerError)
    {
        log.Error($"Executed '{function.Name}' (Failed): {error}", function.Name, id);
        if (context.Response.HasStarted)
        {
            // Half an answer must not look whole.
            context.Abort();
        }
        else
        {
            context.Response.StatusCode = status;
        }
    }
}
