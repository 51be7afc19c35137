using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Local.Graph.Subscriptions;
using Rekey.Local.Tls;

namespace Rekey.Local.Graph;

/// <summary>
/// A change of a user, as Event Grid delivers it. It names the user and not what changed; a soft delete comes as an update. Every part
/// can be replaced with <c>with</c> to make an event that must be refused.
/// </summary>
public sealed record GraphChangeEvent
{
    /// <summary>The type of updates, creations and soft deletes.</summary>
    public const string Updated = "Microsoft.Graph.UserUpdated";

    /// <summary>The type of permanent deletes.</summary>
    public const string Deleted = "Microsoft.Graph.UserDeleted";

    public required string Id { get; init; }

    /// <summary>CloudEvents type: <see cref="Updated"/> or <see cref="Deleted"/>.</summary>
    public required string Type { get; init; }

    public required string UserId { get; init; }

    public required string TenantId { get; init; }

    /// <summary>The subscription that it comes from.</summary>
    public required GraphSubscription Subscription { get; init; }

    public required DateTimeOffset SubscriptionExpires { get; init; }

    /// <summary>When the change happened.</summary>
    public required DateTimeOffset EventTime { get; init; }

    /// <summary>When the event was sent.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Grows with each change of the directory.</summary>
    public required long SequenceNumber { get; init; }

    public string SpecVersion { get; init; } = "1.0";

    /// <summary>The CloudEvent (structured mode, <c>application/cloudevents+json</c>).</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["specversion"] = SpecVersion,
            ["type"] = Type,
            ["id"] = Id,
            ["source"] = $"/tenants/{TenantId}/applications/{Subscription.ApplicationId}",
            ["subject"] = $"Users/{UserId}",
            ["time"] = Stamp(Time),
            ["datacontenttype"] = "application/json",
            ["data"] = new JsonObject
            {
                ["changeType"] = Type == Deleted ? "deleted" : "updated",
                ["clientState"] = Subscription.ClientState,
                ["resource"] = $"Users/{UserId}",
                ["resourceData"] = new JsonObject
                {
                    ["@odata.type"] = "#Microsoft.Graph.User",
                    ["@odata.id"] = $"Users/{UserId}",
                    ["id"] = UserId,
                    ["organizationId"] = TenantId,
                    ["eventTime"] = Stamp(EventTime),
                    ["sequenceNumber"] = SequenceNumber,
                },
                ["subscriptionExpirationDateTime"] = Stamp(SubscriptionExpires),
                ["subscriptionId"] = Subscription.Id,
                ["tenantId"] = TenantId,
            },
        };

    /// <summary>Gives the event as text.</summary>
    public string ToCloudEvent() => Wire.Text(ToJson());

    private static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
