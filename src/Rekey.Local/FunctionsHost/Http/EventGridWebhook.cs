using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Envelopes;
using Rekey.Local.FunctionsHost.Handlers;
using Rekey.Local.FunctionsHost.Invocations;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>The endpoint of the Event Grid extension, quirks included: it never looks at content types or <c>ce-</c> headers.</summary>
internal sealed class EventGridWebhook(IReadOnlyList<FunctionDefinition> functions, HostKeys keys, HandlerProcess handler, Invoker invoker, HostLog log, TimeProvider time)
{
    public const string Path = "/runtime/webhooks/eventgrid";

    public async Task HandleAsync(HttpContext context)
    {
        if (!keys.AdmitsEventGrid(HostKeys.Shown(context.Request)))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var name = context.Request.Query["functionName"].FirstOrDefault();
        var function = functions.FirstOrDefault(one => one.Trigger is EventGridTriggerDefinition && one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (function is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("cannot find function");
            return;
        }

        if (HttpMethods.IsOptions(context.Request.Method))
        {
            // CloudEvents web hooks, abuse protection: the extension always names Event Grid.
            context.Response.Headers["Webhook-Allowed-Origin"] = "eventgrid.azure.net";
            return;
        }

        var status = await (context.Request.Headers["aeg-event-type"].FirstOrDefault()?.ToUpperInvariant() switch
        {
            "SUBSCRIPTIONVALIDATION" => ValidateAsync(context),
            "NOTIFICATION" => NotifyAsync(context, function),
            "UNSUBSCRIBE" => Task.FromResult(StatusCodes.Status202Accepted),
            _ => Task.FromResult(StatusCodes.Status400BadRequest),
        });
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = status;
        }
    }

    private static async Task<int> ValidateAsync(HttpContext context)
    {
        var events = await ReadAsync(context);
        if ((events as JsonArray)?.FirstOrDefault() is not JsonObject first || first["data"] is not JsonObject data || data["validationCode"] is not JsonValue code)
        {
            return StatusCodes.Status500InternalServerError;
        }

        await context.Response.WriteAsJsonAsync(new JsonObject { ["validationResponse"] = code.DeepClone() });
        return StatusCodes.Status200OK;
    }

    private async Task<int> NotifyAsync(HttpContext context, FunctionDefinition function)
    {
        if (!handler.IsReady)
        {
            return StatusCodes.Status503ServiceUnavailable;
        }

        var delivered = await ReadAsync(context);
        if (delivered is not (JsonArray or JsonObject))
        {
            log.Error("An Event Grid delivery is no JSON object or list", function.Name);
            return StatusCodes.Status500InternalServerError;
        }

        var trigger = (EventGridTriggerDefinition)function.Trigger;
        IReadOnlyList<JsonNode?> events = delivered is JsonArray batch ? [.. batch] : [delivered];
        if (trigger.Many)
        {
            events = [new JsonArray([.. events.Select(one => one?.DeepClone())])];
        }

        var results = await Task.WhenAll(events.Select(one => invoker.InvokeAsync(function, Envelope.EventGrid(function.Name, trigger, one, time.GetUtcNow()))));
        return results.All(result => result.Succeeded) ? StatusCodes.Status202Accepted : StatusCodes.Status500InternalServerError;
    }

    private static async Task<JsonNode?> ReadAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        try
        {
            return LenientJson.Parse(await reader.ReadToEndAsync(context.RequestAborted));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
