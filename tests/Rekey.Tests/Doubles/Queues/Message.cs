namespace Rekey.Tests.Doubles.Queues;

/// <summary>A message: what to do and the id of what it is about.</summary>
public sealed record Message(string Queue, string Id);
