using System.Buffers.Text;
using System.Security.Cryptography;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.AspNetCore.Tests.Support;

/// <summary>Signs documents with a real ES256 key, which can be changed.</summary>
internal sealed class RollingSigner : IDocumentSigner
{
    private ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public PublicJwk Public => PublicOf(_key);

    public static PublicJwk PublicOf(ECDsa key)
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return new("EC", "P-256", Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y), modulus: null, exponent: null);
    }

    /// <summary>Signs with this key from now on.</summary>
    public void Change(ECDsa key) => _key = key;

    public Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult((Public, "ES256"));

    public Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken) =>
        Task.FromResult(_key.SignData(signingInput.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
}
