namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>A complete reply of a vault.</summary>
/// <param name="RequestId">Rekey's <c>x-ms-client-request-id</c>, to find the call in the vault's audit log.</param>
internal sealed record VaultReply(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter, string RequestId);
