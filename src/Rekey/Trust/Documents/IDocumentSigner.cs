using Rekey.Trust.Jose;

namespace Rekey.Trust.Documents;

/// <summary>Signs Rekey's own documents with a key of Rekey's own, which is never a token key.</summary>
public interface IDocumentSigner
{
    /// <summary>The public key and its JWS algorithm (RFC 7518), such as ES256. Its thumbprint is what gateways pin.</summary>
    Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>The raw JWS signature over the signing input (RFC 7515 §5.1; r||s for ECDSA).</summary>
    Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken);
}
