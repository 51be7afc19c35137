using System.Globalization;
using System.Text;
using System.Text.Json;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Departures.Feed;

/// <summary>
/// A message of the queue <c>user-changes</c>: an event as Event Grid wrote it, or one that the app has put back after a failure:
/// <c>{"attempts":2,"firstFailedAt":"…","event":{…}}</c>.
/// </summary>
/// <param name="Event">The CloudEvent.</param>
/// <param name="Attempts">The number of failed attempts.</param>
/// <param name="FirstFailedAt">The time of the first failure; null when none has failed.</param>
public sealed record UserChangeMessage(JsonElement Event, int Attempts, DateTimeOffset? FirstFailedAt)
{
    private const string AttemptsName = "attempts";
    private const string FirstFailedAtName = "firstFailedAt";
    private const string EventName = "event";

    /// <summary>Reads a message. Anything but the exact form that the app puts back counts as a new event.</summary>
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

    /// <summary>Gives the message after one more failure.</summary>
    public UserChangeMessage Failed(DateTimeOffset now) => this with { Attempts = Attempts + 1, FirstFailedAt = FirstFailedAt ?? now };

    /// <summary>Gives the text for the queue: the unchanged event while nothing has failed.</summary>
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
