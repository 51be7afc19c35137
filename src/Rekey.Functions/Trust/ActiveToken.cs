namespace Rekey.Functions.Trust;

/// <summary>A reply about an active token, and until when it may be repeated.</summary>
internal sealed record ActiveToken(ReadOnlyMemory<byte> Reply, DateTimeOffset From, DateTimeOffset Until);
