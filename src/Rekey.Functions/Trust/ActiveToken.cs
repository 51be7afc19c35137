namespace Rekey.Functions.Trust;

/// <summary>A reply about an active token, and for how long it may be given again.</summary>
internal sealed record ActiveToken(ReadOnlyMemory<byte> Reply, DateTimeOffset From, DateTimeOffset Until);
