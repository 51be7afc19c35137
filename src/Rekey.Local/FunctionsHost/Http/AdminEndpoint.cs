using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Envelopes;
using Rekey.Local.FunctionsHost.Invocations;
using Rekey.Local.FunctionsHost.Triggers;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>
/// <c>POST /admin/functions/{name}</c> with the master key starts a function that is not HTTP: a timer at once, a queue or
/// Event Grid function with the <c>input</c> of the body. It answers 202 and does not wait.
/// </summary>
internal sealed class AdminEndpoint(IReadOnlyList<FunctionDefinition> functions, IReadOnlyList<TimerListener> timers, HostKeys keys, Invoker invoker, TimeProvider time)
{
    public const string Path = "/admin/functions/{name}";

    public async Task<int> HandleAsync(HttpContext context)
    {
        if (!keys.AdmitsMaster(HostKeys.Shown(context.Request)))
        {
            return StatusCodes.Status401Unauthorized;
        }

        var name = context.Request.RouteValues["name"] as string;
        var function = functions.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (function is null)
        {
            return StatusCodes.Status404NotFound;
        }

        var input = await InputAsync(context);
        if (input is null || function.Trigger is HttpTriggerDefinition)
        {
            return StatusCodes.Status400BadRequest;
        }

        _ = StartAsync(function, input);
        return StatusCodes.Status202Accepted;
    }

    private Task<InvocationResult> StartAsync(FunctionDefinition function, string input)
    {
        var now = time.GetUtcNow();
        return function.Trigger switch
        {
            TimerTriggerDefinition => timers.First(timer => timer.FunctionName == function.Name).FireAsync(isPastDue: false, CancellationToken.None),
            QueueTriggerDefinition queue => invoker.InvokeAsync(function, Envelope.Queue(function.Name, queue, new QueueFacts(input, Guid.NewGuid().ToString(), "", 1, now, now.AddDays(7), now.AddMinutes(10)), now)),
            EventGridTriggerDefinition grid => invoker.InvokeAsync(function, Envelope.EventGrid(function.Name, grid, Parsed(input), now)),
            _ => throw new InvalidOperationException("HTTP functions are called at their route."),
        };
    }

    /// <summary>The text of <c>input</c>, empty when there is none, null when the body is no JSON object.</summary>
    private static async Task<string?> InputAsync(HttpContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.Body);
            var text = await reader.ReadToEndAsync(context.RequestAborted);
            return text.Length == 0 ? "" : LenientJson.Parse(text) is JsonObject body ? body["input"]?.ToString() ?? "" : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? Parsed(string input)
    {
        try
        {
            return LenientJson.Parse(input);
        }
        catch (JsonException)
        {
            return JsonValue.Create(input);
        }
    }
}
