using System.Globalization;
using Rekey.Notifications.Channels;
using Rekey.Notifications.Incidents;

namespace Rekey.Notifications.Payloads;

/// <summary>A notification as people read it: what happened; which key and person; whether it is contained; what is wanted.</summary>
/// <param name="Title">Environment, severity, and whether it is a new incident.</param>
/// <param name="What">What happened.</param>
/// <param name="Who">The keys, the person and the incident, by id.</param>
/// <param name="Contained">Whether it is contained, and since when.</param>
/// <param name="Wanted">What people should do, and until when.</param>
/// <param name="Command">The command to run; null when there is none.</param>
/// <param name="Link">Where the app shows more; null when its address is not known.</param>
/// <param name="Runbook">The section of the runbook: an address, or a file.</param>
internal sealed record NotificationText(
    string Title,
    string What,
    string Who,
    string Contained,
    string Wanted,
    string? Command,
    string? Link,
    string Runbook
)
{
    private const string RunbookFile = "docs/operations.md";

    /// <param name="isNew">Whether it is the first one of its incident for the channel.</param>
    /// <param name="name">The person's name; null to show none.</param>
    public static NotificationText Of(
        Notification notification,
        bool isNew,
        string? name,
        string environment,
        NotificationOptions options
    ) =>
        new(
            $"Rekey ({environment}): {notification.Severity}, "
                + (
                    notification.IsOver ? "incident is over"
                    : isNew ? "new incident"
                    : "incident changed"
                ),
            notification.What,
            WhoOf(notification, name),
            notification.IsContained switch
            {
                true => $"Contained since {Text(notification.ContainedAt!.Value)}.",
                false => "Not contained.",
                null => "No key is at stake.",
            },
            notification.Wanted + (notification.Until is { } until ? $" Until {Text(until)}." : ""),
            notification.Command,
            notification.Link is { } path && options.AppAddress is { } app ? new Uri(app, $"/{path}").AbsoluteUri : null,
            $"{options.RunbookAddress?.AbsoluteUri ?? RunbookFile}#{notification.Section}"
        );

    private static string WhoOf(Notification notification, string? name)
    {
        List<string> parts =
        [
            .. notification.Keys.Count switch
            {
                0 => [],
                1 => (string[])[$"Key: {notification.Keys[0]}."],
                _ => [$"Keys: {string.Join(", ", notification.Keys)}."],
            },
        ];
        if (notification.Person is { } person)
        {
            parts.Add(name is null ? $"Person: {person}." : $"Person: {person} ({name}).");
        }

        return string.Join(' ', [.. parts, $"Incident: {notification.Incident}."]);
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
