using System.Buffers.Text;
using System.Security.Cryptography;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Functions.Tests.Security;

/// <summary>Signs documents with a key of its own, as Rekey's vault does.</summary>
internal sealed class Signer : IDocumentSigner
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken)
    {
        var q = _key.ExportParameters(includePrivateParameters: false).Q;
        return Task.FromResult(
            (new PublicJwk("EC", "P-256", Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y), null, null), "ES256")
        );
    }

    public Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken) =>
        Task.FromResult(_key.SignData(signingInput.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
}
