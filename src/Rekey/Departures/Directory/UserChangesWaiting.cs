namespace Rekey.Departures.Directory;

/// <summary>What waits in the queue of changes.</summary>
/// <param name="Count">About how many messages there are, those that come later included.</param>
/// <param name="First">Those that could be taken now, the oldest first, up to a few.</param>
public sealed record UserChangesWaiting(int Count, IReadOnlyList<(string Text, DateTimeOffset SentAt)> First);
