using System.Text.Json;

namespace Rekey.Functions.Wire;

/// <summary>A queue message with one id and nothing else.</summary>
internal static class WorkMessage
{
    /// <exception cref="BadInputException">The message has another form.</exception>
    public static string Id(JsonElement message, string member) =>
        message.ValueKind is JsonValueKind.Object
        && message.EnumerateObject().Count() == 1
        && message.Text(member) is { Length: > 0 and <= 512 } id
            ? id
            : throw new BadInputException("poisoned-message", $"A message must be a JSON object with the one member '{member}'.");
}
