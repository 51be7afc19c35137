using System.Security.Cryptography;
using Rekey.Core;
using Rekey.Tests.Doubles.Vaults;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>Signs documents with a real ES256 key.</summary>
public sealed class DocumentSigner : IDocumentSigner
{
    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public PublicJwk Public => FakeVault.PublicOf(Key);

    /// <summary>The vault of Rekey's own key does not answer.</summary>
    public bool Silent { get; set; }

    public Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken) =>
        Silent ? throw new RetryLaterException("The document key's vault does not answer.") : Task.FromResult((Public, "ES256"));

    /// <summary>The key that will sign next.</summary>
    public DocumentKey? Next { get; set; }

    public Task<DocumentKey?> FindNextAsync(CancellationToken cancellationToken) => Task.FromResult(Next);

    public Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken) =>
        Task.FromResult(Key.SignData(signingInput.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
}
