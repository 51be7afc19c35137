using System.Text.Json.Nodes;
using Rekey.Notifications.Incidents;

namespace Rekey.Notifications.Payloads;

/// <summary>The document for a webhook, in version 1. docs/operations.md describes each member.</summary>
internal static class WebhookPayload
{
    /// <summary>The version of the document. It rises when a member goes or changes its meaning, not when one is added.</summary>
    public const int Version = 1;

    public static JsonObject Of(Notification notification, bool isNew, string? name, string environment, NotificationText text) =>
        new()
        {
            ["type"] =
                notification.IsOver ? "rekey.incident.over"
                : isNew ? "rekey.incident.new"
                : "rekey.incident.changed",
            ["timestamp"] = notification.At.UtcDateTime.ToString("O"),
            ["version"] = Version,
            ["data"] = new JsonObject
            {
                ["incident"] = notification.Incident,
                ["line"] = notification.Line,
                ["environment"] = environment,
                ["severity"] = notification.Severity.ToString(),
                ["what"] = notification.What,
                ["keys"] = new JsonArray([.. notification.Keys.Select(k => (JsonNode)k)]),
                ["person"] = notification.Person is { } person ? new JsonObject { ["id"] = person, ["name"] = name } : null,
                ["contained"] = notification.IsContained,
                ["containedSince"] = notification.ContainedAt?.UtcDateTime.ToString("O"),
                ["wanted"] = notification.Wanted,
                ["until"] = notification.Until?.UtcDateTime.ToString("O"),
                ["command"] = notification.Command,
                ["link"] = text.Link,
                ["runbook"] = text.Runbook,
            },
        };
}
