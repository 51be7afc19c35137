using Rekey.Trust.Jose;

namespace Rekey.Trust.Documents;

/// <summary>Signs Rekey's documents with Rekey's document key, which is never a token key.</summary>
public interface IDocumentSigner
{
    /// <summary>The public key and its JWS algorithm (RFC 7518), such as ES256. Gateways pin its thumbprint.</summary>
    Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>The key that will sign next, for the trust list to announce; null when it is the present one.</summary>
    Task<DocumentKey?> FindNextAsync(CancellationToken cancellationToken) => Task.FromResult<DocumentKey?>(null);

    /// <summary>The raw JWS signature over the signing input (RFC 7515 §5.1; r||s for ECDSA).</summary>
    Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken);
}
