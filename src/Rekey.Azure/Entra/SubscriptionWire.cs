using System.Text.Json.Serialization;

namespace Rekey.Azure.Entra;

/// <summary>Change subscriptions as Microsoft Graph v1.0 writes and takes them.</summary>
internal static class SubscriptionWire
{
    internal sealed record Subscription(Guid? Id, string? Resource, string? NotificationUrl, DateTimeOffset? ExpirationDateTime);

    internal sealed record Page(IReadOnlyList<Subscription>? Value, [property: JsonPropertyName("@odata.nextLink")] string? NextLink);

    internal sealed record Creation(
        string ChangeType,
        string Resource,
        string ClientState,
        string ExpirationDateTime,
        string NotificationUrl,
        string LifecycleNotificationUrl
    );

    internal sealed record Renewal(string ExpirationDateTime);
}
