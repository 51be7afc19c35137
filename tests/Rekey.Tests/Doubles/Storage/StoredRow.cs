namespace Rekey.Tests.Doubles.Storage;

/// <summary>A row as it lies in a table. Its body may be anything.</summary>
public sealed record StoredRow(string Body, int SchemaVersion, string ETag);
