using System.Text.Json;

namespace Rekey.Functions.Wire;

/// <summary>A queue message with one id and nothing else.</summary>
internal static class WorkMessage
{
    /// <summary>Steps that are due before the timer runs are put in the queue again.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    /// <summary>The delay after which work that is due is taken from the queue again; null when the timer does it.</summary>
    public static TimeSpan? DelayUntil(DateTimeOffset? due, TimeProvider timeProvider) =>
        due - timeProvider.GetUtcNow() is not { } wait || wait >= Soon ? null
        : wait > TimeSpan.Zero ? wait
        : TimeSpan.FromSeconds(1);

    /// <exception cref="BadInputException">The message has another form.</exception>
    public static string Id(JsonElement message, string member) =>
        message.ValueKind is JsonValueKind.Object
        && message.EnumerateObject().Count() == 1
        && message.Text(member) is { Length: > 0 and <= 512 } id
            ? id
            : throw new BadInputException("poisoned-message", $"A message must be a JSON object with the one member '{member}'.");
}
