namespace Rekey.Departures.Directory;

/// <summary>The messages that wait in the queue of changes.</summary>
/// <param name="Count">The approximate number of messages, including those not visible yet.</param>
/// <param name="First">A few visible messages, the oldest first.</param>
public sealed record UserChangesWaiting(int Count, IReadOnlyList<(string Text, DateTimeOffset SentAt)> First);
