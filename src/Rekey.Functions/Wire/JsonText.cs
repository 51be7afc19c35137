using System.Text.Json;

namespace Rekey.Functions.Wire;

/// <summary>Reads strings in foreign JSON. A string may hold half a surrogate pair, which is valid JSON and no text (RFC 8259
/// §8.2).</summary>
internal static class JsonText
{
    /// <summary>Gives the text of a JSON string; null for another value, or one that is no text.</summary>
    public static string? Text(this JsonElement value)
    {
        try
        {
            return value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Gives the text of an object's member; null when there is none.</summary>
    public static string? Text(this JsonElement value, string member) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(member, out var found) ? found.Text() : null;
}
