namespace Rekey.Local.Graph.Subscriptions;

/// <summary>A subscription to changes of users, delivered through Event Grid.</summary>
public sealed record GraphSubscription
{
    /// <summary>Graph's longest life of a subscription to users.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(41_760);

    public string Id { get; init; } = "77777777-1212-3434-5656-787878787878";

    /// <summary>The secret that was given at creation; each event repeats it.</summary>
    public string ClientState { get; init; } = "local-client-state";

    /// <summary>The application that made the subscription; part of the events' source. No other application sees it.</summary>
    public string ApplicationId { get; init; } = "abababab-1111-2222-3333-cdcdcdcdcdcd";

    public string ChangeType { get; init; } = "updated,deleted";

    public string NotificationUrl { get; init; } = "";

    /// <summary>Where Graph asks to authorize again; null for nowhere. It can be given at creation only.</summary>
    public string? LifecycleNotificationUrl { get; init; }

    /// <summary>When it ends; null for <see cref="Longest"/> after the start of the stand-in.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was last authorized.</summary>
    public DateTimeOffset? AuthorizedAt { get; init; }
}
