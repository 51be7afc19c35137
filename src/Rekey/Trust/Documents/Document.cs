namespace Rekey.Trust.Documents;

/// <summary>A published document.</summary>
/// <param name="Content">The bytes as verifiers get them.</param>
/// <param name="ETag">The store's ETag, under which alone it may be replaced.</param>
public sealed record Document(ReadOnlyMemory<byte> Content, string ETag);
