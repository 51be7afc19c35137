using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Functions.Offboarding;

/// <summary>A message of the queue <c>user-changes</c>: an event as Event Grid wrote it, or one that the app has put back:
/// <c>{"attempts":2,"firstFailedAt":"…","event":{…}}</c>.</summary>
/// <param name="Event">The CloudEvent.</param>
/// <param name="Attempts">How often handling it has failed.</param>
/// <param name="FirstFailedAt">When it failed first; null for one that has not.</param>
public sealed record UserChangeMessage(JsonElement Event, int Attempts, DateTimeOffset? FirstFailedAt)
{
    private const string AttemptsName = "attempts";
    private const string FirstFailedAtName = "firstFailedAt";
    private const string EventName = "event";

    /// <summary>Reads a message. What is not exactly what the app puts back counts as an event that came in.</summary>
    public static UserChangeMessage Of(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object && value.EnumerateObject().Count() == 3
        && value.TryGetProperty(AttemptsName, out var attempts) && attempts.ValueKind is JsonValueKind.Number
            && attempts.TryGetInt32(out var count) && count > 0
        && value.TryGetProperty(FirstFailedAtName, out var at) && at.ValueKind is JsonValueKind.String
            && at.TryGetDateTimeOffset(out var first)
        && value.TryGetProperty(EventName, out var change)
            ? new(change, count, first)
            : new(value, 0, FirstFailedAt: null);

    /// <summary>The message after one more failure.</summary>
    public UserChangeMessage Failed(DateTimeOffset now) => this with { Attempts = Attempts + 1, FirstFailedAt = FirstFailedAt ?? now };

    /// <summary>The text to put back; only after <see cref="Failed"/>.</summary>
    public string ToText() => new JsonObject
    {
        [AttemptsName] = Attempts,
        [FirstFailedAtName] = FirstFailedAt!.Value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        [EventName] = JsonNode.Parse(Event.GetRawText()),
    }.ToJsonString();
}
