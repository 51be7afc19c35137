namespace Rekey.Core.Records;

/// <summary>A stored value with the ETag under which alone it may be replaced (RFC 9110 §8.8.3).</summary>
public sealed record Versioned<T>(T Value, string ETag);
