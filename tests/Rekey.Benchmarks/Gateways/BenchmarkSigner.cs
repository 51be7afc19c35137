using System.Buffers.Text;
using System.Security.Cryptography;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Benchmarks.Gateways;

/// <summary>A key in memory, in the vault's place.</summary>
internal sealed class BenchmarkSigner : IDocumentSigner
{
    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public PublicJwk Public
    {
        get
        {
            var q = Key.ExportParameters(includePrivateParameters: false).Q;
            return new("EC", "P-256", Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y), modulus: null, exponent: null);
        }
    }

    public Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult((Public, "ES256"));

    public Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken) =>
        Task.FromResult(Sign(signingInput.Span));

    public byte[] Sign(ReadOnlySpan<byte> signingInput) =>
        Key.SignData(signingInput, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
