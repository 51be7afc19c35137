using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Local.Tls;

/// <summary>How the stand-ins write JSON: readable characters, no indentation, no caching.</summary>
internal static class Wire
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonNode node) => node.ToJsonString(Relaxed);

    public static async Task WriteAsync(
        HttpResponse response,
        int status,
        JsonNode? body,
        string contentType = "application/json; charset=utf-8"
    )
    {
        response.StatusCode = status;
        if (body is null)
        {
            return;
        }

        response.ContentType = contentType;
        await response.WriteAsync(Text(body));
    }

    /// <summary>Reads a JSON object; null when the body is something else.</summary>
    public static async Task<JsonObject?> ReadObjectAsync(HttpRequest request)
    {
        try
        {
            return await JsonNode.ParseAsync(
                    request.Body,
                    documentOptions: new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false },
                    cancellationToken: request.HttpContext.RequestAborted
                ) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
