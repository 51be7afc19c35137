using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Rekey.Local.FunctionsHost.Configuration.Triggers;
using Rekey.Local.FunctionsHost.Timers;
using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>
/// The host's own addresses. <c>POST /admin/functions/{name}</c> with the master key starts a function, a timer at once, a queue function
/// with the <c>input</c> of the body; it answers 202 and does not wait. The rest is a closed door.
/// </summary>
internal sealed class AdminEndpoint(
    IReadOnlyList<FunctionDefinition> functions,
    IReadOnlyList<TimerListener> timers,
    HostKeys keys,
    Invoker invoker
)
{
    public void Map(WebApplication web, Func<IEndpointConventionBuilder, IEndpointConventionBuilder> ours)
    {
        ours(web.MapMethods("/admin/host/ping", ["GET", "POST"], PingAsync));
        ours(web.MapMethods("/admin/warmup", ["GET", "POST"], PingAsync));
        ours(web.MapPost("/admin/functions/{name}", RunAsync));
        ours(web.Map("/admin/{*rest}", RefuseAsync));
        ours(web.Map("/runtime/webhooks/{*rest}", RefuseAsync));
    }

    private static Task PingAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store,no-cache";
        context.Response.Headers.Pragma = "no-cache";
        return Task.CompletedTask;
    }

    private async Task RunAsync(HttpContext context)
    {
        if (!await AdmitsAsync(context))
        {
            return;
        }

        var name = context.Request.RouteValues["name"] as string;
        var function = functions.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (function is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (context.Request.ContentType is null)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        }
        else if (await InputAsync(context) is not { } input)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        else
        {
            _ = StartAsync(function, input);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }

    private Task<InvocationResult> StartAsync(FunctionDefinition function, string input) =>
        function.Trigger switch
        {
            TimerTriggerDefinition when timers.FirstOrDefault(one => one.FunctionName == function.Name) is { } timer => timer.FireAsync(
                isPastDue: false,
                CancellationToken.None
            ),
            HttpTriggerDefinition => invoker.InvokeAsync(function, new TypedData { Http = new RpcHttp() }, new TriggerMetadata()),
            _ => invoker.InvokeAsync(
                function,
                new TypedData { String = input },
                new TriggerMetadata().Text("QueueTrigger", input).Members(input)
            ),
        };

    private Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return AdmitsAsync(context);
    }

    private Task<bool> AdmitsAsync(HttpContext context)
    {
        var shown = HostKeys.Shown(context.Request);
        if (keys.AdmitsMaster(shown))
        {
            return Task.FromResult(true);
        }

        if (keys.Knows(shown))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return Task.FromResult(false);
    }

    /// <summary>The text of <c>input</c>, empty when there is none, null when the body is no JSON object.</summary>
    private static async Task<string?> InputAsync(HttpContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.Body);
            return JObject.Parse(await reader.ReadToEndAsync(context.RequestAborted))["input"]?.ToString() ?? "";
        }
        catch (JsonReaderException)
        {
            return null;
        }
    }
}
