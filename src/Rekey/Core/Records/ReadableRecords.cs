namespace Rekey.Core.Records;

/// <summary>The readable records of one partition, for people: they see these, and learn that some are missing.</summary>
/// <param name="Records">In row order.</param>
/// <param name="Unreadable">The rows that could not be read; empty when nothing is missing.</param>
public sealed record ReadableRecords<T>(IReadOnlyList<T> Records, IReadOnlyList<string> Unreadable);
