using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Extensions;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Envelopes;
using Rekey.Local.FunctionsHost.Invocations;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>An HTTP function that is not forwarded: the request as an envelope, the response from its http output.</summary>
internal sealed class HttpEnvelopeEndpoint(Invoker invoker, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context, FunctionDefinition function)
    {
        var trigger = (HttpTriggerDefinition)function.Trigger;
        var facts = await FactsAsync(context.Request);
        var result = await invoker.InvokeAsync(function, Envelope.Http(function.Name, trigger, facts, time.GetUtcNow()));
        if (result.Reply is not { } reply)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        var output = function.Outputs.OfType<HttpOutputDefinition>().FirstOrDefault();
        await AnswerAsync(context.Response, output is null ? null : OutputValues.For(output, reply));
    }

    private static async Task<HttpFacts> FactsAsync(HttpRequest request)
    {
        string? body = null;
        // Without a declared length the host takes no body.
        if (request.ContentLength > 0)
        {
            using var buffer = new MemoryStream();
            await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
            body = IsBinary(request.ContentType) ? Convert.ToBase64String(buffer.ToArray()) : Encoding.UTF8.GetString(buffer.ToArray());
        }

        return new HttpFacts(
            request.GetEncodedUrl(),
            request.Method,
            [.. request.Query.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToString()))],
            [.. request.Headers.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Select(value => value ?? "").ToArray()))],
            [.. request.RouteValues.Select(pair => KeyValuePair.Create(pair.Key, Convert.ToString(pair.Value, CultureInfo.InvariantCulture) ?? ""))],
            body);
    }

    private static bool IsBinary(string? contentType) =>
        contentType is not null
        && (contentType.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase) || contentType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase));

    private static async Task AnswerAsync(HttpResponse response, JsonNode? value)
    {
        switch (value)
        {
            case null:
                response.StatusCode = StatusCodes.Status204NoContent;
                return;
            case JsonObject described when Headers(described) is not { } headers || Status(described) is not { } status:
                // A list as a header's value, or a status that is no number.
                response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
            case JsonObject described:
                response.StatusCode = Status(described)!.Value;
                foreach (var (name, text) in Headers(described)!)
                {
                    response.Headers[name] = text;
                }

                await WriteAsync(response, described["body"]);
                return;
            default:
                await WriteAsync(response, value);
                return;
        }
    }

    private static async Task WriteAsync(HttpResponse response, JsonNode? body)
    {
        if (body is null)
        {
            return;
        }

        var isText = body.GetValueKind() == JsonValueKind.String;
        response.ContentType ??= isText ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
        await response.WriteAsync(isText ? body.GetValue<string>() : body.ToJsonString(EnvelopeValues.Json));
    }

    private static int? Status(JsonObject described)
    {
        var node = described["statusCode"] ?? described["status"];
        return node is null ? StatusCodes.Status200OK
            : int.TryParse(node.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599 ? status
            : null;
    }

    private static List<(string Name, string Text)>? Headers(JsonObject described) => described["headers"] switch
    {
        null => [],
        JsonObject headers when headers.All(header => header.Value is JsonValue) => [.. headers.Select(header => (header.Key, header.Value!.ToString()))],
        _ => null,
    };
}
