using System.Text.Json;

namespace Rekey.Functions.Wire;

/// <summary>
/// What the Functions host posts for every trigger that is not HTTP: <c>{"Data":{"name":value},"Metadata":{…}}</c>. Metadata is never read:
/// members of a queue message overwrite it.
/// </summary>
public static class Envelope
{
    /// <summary>The host wraps strings in JSON, and JSON texts in strings: a queue message comes as JSON in a string in a string.</summary>
    private const int MaxRounds = 3;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>The trigger's value, unwrapped.</summary>
    /// <exception cref="BadInputException">It is no envelope, or has not that member.</exception>
    public static async Task<JsonElement> ReadAsync(HttpRequest request, string binding, CancellationToken cancel)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, new() { MaxDepth = 64 }, cancel);
            return document.RootElement.ValueKind is JsonValueKind.Object
                && document.RootElement.TryGetProperty("Data", out var data)
                && data.ValueKind is JsonValueKind.Object
                && data.TryGetProperty(binding, out var value)
                ? Unwrap(value.Clone(), MaxRounds)
                : throw new BadInputException("not-an-envelope", $"The host's envelope has no Data.{binding}.");
        }
        catch (JsonException e)
        {
            throw new BadInputException("not-an-envelope", $"The host's envelope is not JSON: {e.Message}");
        }
    }

    /// <summary>The trigger's value from what the host gives to a worker: the same text, wrapped once less.</summary>
    public static JsonElement OfText(string text) => Unwrap(JsonSerializer.SerializeToElement(text), MaxRounds - 1);

    /// <summary>Parses a string that holds JSON, as often as the host may have wrapped it.</summary>
    private static JsonElement Unwrap(JsonElement value, int rounds)
    {
        for (var round = 0; round < rounds && value.ValueKind is JsonValueKind.String; round++)
        {
            try
            {
                using var inner = JsonDocument.Parse(value.GetString()!, Strict);
                value = inner.RootElement.Clone();
            }
            catch (JsonException)
            {
                break;
            }
        }

        return value;
    }
}
