using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rekey.Functions.Wire.DeadLetters;

/// <summary>
/// The members of a refused input that a dead letter keeps, per function: ids, times and codes by which people find the person, the key
/// or the sender. Each has a form, so that a secret in its place is not kept. Everything else is dropped.
/// </summary>
internal static class KeptMembers
{
    /// <summary>A vault's host and the key's name.</summary>
    private static readonly Regex KeyId = Form("[a-z0-9]([a-z0-9-]{0,62}[.]){1,8}[a-z]{2,20}(:[0-9]{1,5})?/[A-Za-z0-9-]{1,127}");

    private static readonly Regex DepartureId = Form("[0-9a-fA-F-]{36}~[0-9a-fA-F-]{36}~[0-9]{1,9}");

    private static readonly Regex Version = Form("[0-9]{1,2}[.][0-9]{1,2}");

    private static readonly Regex EventType = Form("Microsoft[.]Graph[.][A-Za-z]{1,40}");

    private static readonly Regex EventSource = Form("/tenants/[0-9a-fA-F-]{36}/applications/[0-9a-fA-F-]{36}");

    private static readonly Regex UserPath = Form("[Uu]sers/[0-9a-fA-F-]{36}");

    /// <summary>The path under which Event Grid puts an event that it could not deliver: its subscription, the hour and a GUID.</summary>
    private static readonly Regex EventFile = Form("[A-Za-z0-9-]{1,64}(/[0-9]{1,4}){3,5}/[0-9a-fA-F-]{36}[.]json");

    private static readonly Regex Time = Form("[0-9T:.+Z-]{1,40}");

    private static readonly IReadOnlyDictionary<string, Func<JsonElement, bool>> Rotation = Members(("key", v => Matches(v, KeyId)));

    private static readonly IReadOnlyDictionary<string, Func<JsonElement, bool>> Departure = Members(
        ("departure", v => Matches(v, DepartureId))
    );

    private static readonly IReadOnlyDictionary<string, Func<JsonElement, bool>> Sweep = Members(("sweep", IsTime));

    /// <summary>A Graph event, as Event Grid wrote it or as the app has put it back.</summary>
    private static readonly IReadOnlyDictionary<string, Func<JsonElement, bool>> Event = Members([
        .. new (string Path, Func<JsonElement, bool> Form)[]
        {
            ("specversion", v => Matches(v, Version)),
            ("id", IsGuid),
            ("type", v => Matches(v, EventType)),
            ("source", v => Matches(v, EventSource)),
            ("subject", v => Matches(v, UserPath)),
            ("time", IsTime),
            ("data.changeType", v => v.Text() is "created" or "updated" or "deleted"),
            ("data.resource", v => Matches(v, UserPath)),
            ("data.resourceData.id", IsGuid),
            ("data.resourceData.organizationId", IsGuid),
            ("data.resourceData.eventTime", IsTime),
            ("data.resourceData.sequenceNumber", IsNumber),
            ("data.subscriptionExpirationDateTime", IsTime),
            ("data.subscriptionId", IsGuid),
            ("data.tenantId", IsGuid),
        }.SelectMany(m => new[] { m, ($"event.{m.Path}", m.Form) }),
        ("attempts", IsNumber),
        ("firstFailedAt", IsTime),
    ]);

    private static readonly IReadOnlyDictionary<string, Func<JsonElement, bool>> None = Members();

    private static readonly Dictionary<string, IReadOnlyDictionary<string, Func<JsonElement, bool>>> ByFunction = new(
        StringComparer.Ordinal
    )
    {
        ["AssessExposure"] = Departure,
        ["RotateKey"] = Rotation,
        ["SweepNow"] = Sweep,
        ["UserChanged"] = Event,
        ["TakeUpEventDeadLetters"] = Members([.. Event.Select(m => (m.Key, m.Value)), ("file", v => Matches(v, EventFile))]),
        // It gets the messages of every queue.
        ["KeepPoisoned"] = Members([.. new[] { Departure, Rotation, Sweep, Event }.SelectMany(m => m).Select(m => (m.Key, m.Value))]),
    };

    /// <summary>The functions that have members to keep.</summary>
    public static IEnumerable<string> Functions => ByFunction.Keys;

    /// <summary>Gives the members of a function's input by path, with their forms; none for a function that is not named here.</summary>
    public static IReadOnlyDictionary<string, Func<JsonElement, bool>> Of(string function) => ByFunction.GetValueOrDefault(function, None);

    private static Dictionary<string, Func<JsonElement, bool>> Members(params (string Path, Func<JsonElement, bool> Form)[] members) =>
        members.ToDictionary(m => m.Path, m => m.Form, StringComparer.Ordinal);

    private static Regex Form(string pattern) =>
        new($"\\A(?:{pattern})\\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    private static bool Matches(JsonElement value, Regex form) => value.Text() is { } text && form.IsMatch(text);

    private static bool IsGuid(JsonElement value) => Guid.TryParseExact(value.Text(), "D", out _);

    private static bool IsTime(JsonElement value) =>
        Matches(value, Time) && DateTimeOffset.TryParse(value.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    private static bool IsNumber(JsonElement value) => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _);
}
