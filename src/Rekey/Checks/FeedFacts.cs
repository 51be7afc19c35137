using Rekey.Departures.Feed;

namespace Rekey.Checks;

/// <summary>The departure feed.</summary>
/// <param name="Subscription">The Graph subscription on the ledger; null when Rekey never created one.</param>
/// <param name="LastEventAt">When the last event about an account arrived, by the ledger, to the hour; null if none did.</param>
public sealed record FeedFacts(FeedOptions Options, FeedSubscription? Subscription, DateTimeOffset? LastEventAt);
