using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Rekey.DuckDb.Files.Shapes;

/// <summary>JSON that a log holds as text, as Docker, CloudWatch and exports of Log Analytics write it.</summary>
public static class JsonInText
{
    /// <summary>Parses a text that holds a JSON object or array.</summary>
    public static bool TryParse(JsonElement value, [NotNullWhen(true)] out JsonElement inner)
    {
        inner = default;
        try
        {
            if (value.ValueKind is not JsonValueKind.String || value.GetString() is not { } text)
            {
                return false;
            }

            inner = text.AsSpan().Trim() is ['{' or '[', .., '}' or ']'] ? JsonElement.Parse(text) : default;
            return inner.ValueKind is not JsonValueKind.Undefined;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A lone surrogate is no text.
            return false;
        }
    }
}
