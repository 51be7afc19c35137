namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>A reply, read to its end.</summary>
/// <param name="RequestId">Our <c>x-ms-client-request-id</c>, by which the vault's audit log finds the call.</param>
internal sealed record VaultReply(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter, string RequestId);
