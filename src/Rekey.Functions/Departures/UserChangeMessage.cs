using System.Globalization;
using System.Text;
using System.Text.Json;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Departures;

/// <summary>
/// A message of the queue <c>user-changes</c>: an event as Event Grid wrote it, or one that the app has put back after a failure:
/// <c>{"attempts":2,"firstFailedAt":"…","event":{…}}</c>.
/// </summary>
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
        value.ValueKind is JsonValueKind.Object
        && value.EnumerateObject().Count() == 3
        && value.TryGetProperty(AttemptsName, out var attempts)
        && attempts.ValueKind is JsonValueKind.Number
        && attempts.TryGetInt32(out var count)
        && count > 0
        && DateTimeOffset.TryParseExact(
            value.Text(FirstFailedAtName),
            "O",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var first
        )
        && value.TryGetProperty(EventName, out var change)
            ? new(change, count, first)
            : new(value, 0, FirstFailedAt: null);

    /// <summary>The message after one more failure.</summary>
    public UserChangeMessage Failed(DateTimeOffset now) => this with { Attempts = Attempts + 1, FirstFailedAt = FirstFailedAt ?? now };

    /// <summary>The text to put into the queue; the event as it came while nothing has failed.</summary>
    public string ToText()
    {
        if (FirstFailedAt is not { } first)
        {
            return Event.GetRawText();
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber(AttemptsName, Attempts);
            json.WriteString(FirstFailedAtName, first.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WritePropertyName(EventName);
            json.WriteRawValue(Event.GetRawText());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
