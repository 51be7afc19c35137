namespace Rekey.Core.Records;

/// <summary>What can be read of one partition, for people: they must see the rest, and be told that something is missing.</summary>
/// <param name="Records">In row order.</param>
/// <param name="Unreadable">The rows that could not be read; empty when nothing is missing.</param>
public sealed record ReadableRecords<T>(IReadOnlyList<T> Records, IReadOnlyList<string> Unreadable);
