namespace Rekey.Local.Graph;

/// <summary>A subscription to changes of users, delivered through Event Grid.</summary>
public sealed record GraphSubscription
{
    public string Id { get; init; } = "77777777-1212-3434-5656-787878787878";

    /// <summary>The secret that was given at creation; each event repeats it.</summary>
    public string ClientState { get; init; } = "local-client-state";

    /// <summary>The application that made the subscription; part of the events' source.</summary>
    public string ApplicationId { get; init; } = "abababab-1111-2222-3333-cdcdcdcdcdcd";

    /// <summary>Lifetime from the start of the stand-in; Graph's longest is 41,760 minutes.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(41_760);
}
