using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Envelopes;

namespace Rekey.Local.FunctionsHost.Invocations;

/// <summary>From the members of Outputs to what is sent.</summary>
internal static class OutputValues
{
    /// <summary>The value for a binding: by name from Outputs, or the return value for <c>$return</c>.</summary>
    public static JsonNode? For(OutputDefinition output, HandlerReply.Success reply) =>
        output.Name == "$return" ? reply.ReturnValue : reply.Outputs.GetValueOrDefault(output.Name);

    /// <summary>
    /// The messages of a queue output. A string at the top that is valid base64 is decoded first, whatever it was meant
    /// to be; inside a list it is not. Null and an empty list send nothing.
    /// </summary>
    public static IReadOnlyList<string> Messages(JsonNode? value, bool binary) => value switch
    {
        null => [],
        JsonArray list => [.. list.Where(item => item is not null).Select(item => Text(item!))],
        _ => [binary ? Text(value) : Decoded(value)],
    };

    public static string Decoded(JsonNode value)
    {
        var text = Text(value);
        if (value.GetValueKind() != JsonValueKind.String)
        {
            return text;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : text;
    }

    private static string Text(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(EnvelopeValues.Json);
}
