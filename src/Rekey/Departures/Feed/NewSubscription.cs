namespace Rekey.Departures.Feed;

/// <summary>A change subscription that Graph is to create, for updates and deletions of all accounts.</summary>
/// <param name="NotificationUrl">Where Graph sends changes, and its requests to reauthorize: that address can be set at creation
/// only.</param>
/// <param name="ClientState">The secret that each event repeats, at most 128 characters.</param>
/// <param name="EndsAt">When it ends unless it is renewed; whole seconds.</param>
public sealed record NewSubscription(string NotificationUrl, string ClientState, DateTimeOffset EndsAt);
