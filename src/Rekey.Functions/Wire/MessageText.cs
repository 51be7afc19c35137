using System.Text;
using System.Text.Json;

namespace Rekey.Functions.Wire;

/// <summary>Reads the text of a queue message as JSON. Event Grid writes base64; Rekey and operators write plain text.</summary>
internal static class MessageText
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Gives the JSON value; the text itself as a JSON string when it is not JSON or has a member twice.</summary>
    public static JsonElement Parse(string text) =>
        Json(text) ?? (Decoded(text) is { } decoded ? Json(decoded) : null) ?? JsonSerializer.SerializeToElement(text);

    private static JsonElement? Json(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter where the name of a member is no text.
            return null;
        }
    }

    private static string? Decoded(string text)
    {
        try
        {
            return StrictUtf8.GetString(Convert.FromBase64String(text));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
