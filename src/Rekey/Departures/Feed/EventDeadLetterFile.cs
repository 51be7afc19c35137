namespace Rekey.Departures.Feed;

/// <summary>A file in which Event Grid put events that it could not deliver.</summary>
/// <param name="Name">The name in its container.</param>
/// <param name="WrittenAt">When Event Grid wrote it, in whole seconds.</param>
public sealed record EventDeadLetterFile(string Name, DateTimeOffset WrittenAt);
