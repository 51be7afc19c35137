using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Cli.Gateways;

/// <summary>A P-256 key of one run. It never leaves the memory of this process.</summary>
internal sealed class ThrowawayKey : IDocumentSigner, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ThrowawayKey()
    {
        var q = _key.ExportParameters(includePrivateParameters: false).Q;
        Public = new("EC", "P-256", Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y), modulus: null, exponent: null);
    }

    public PublicJwk Public { get; }

    public string Kid => Public.Thumbprint;

    /// <summary>The public key as attackers use it for an HMAC: a PEM text and a JWK.</summary>
    public string Pem => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>The public key as a member <c>jwk</c> of a header.</summary>
    public string Jwk => $$"""{"kty":"EC","crv":"P-256","x":"{{Public.X}}","y":"{{Public.Y}}","kid":"{{Kid}}","alg":"ES256","use":"sig"}""";

    public Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult((Public, "ES256"));

    public Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken) =>
        Task.FromResult(Sign(signingInput.Span, HashAlgorithmName.SHA256));

    /// <summary>A token with this header and these claims.</summary>
    public string Token(string header, string claims, HashAlgorithmName? hash = null)
    {
        var input = CraftedToken.Input(header, claims);
        return $"{input}.{Base64Url.EncodeToString(Sign(Encoding.ASCII.GetBytes(input), hash ?? HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => _key.Dispose();

    private byte[] Sign(ReadOnlySpan<byte> input, HashAlgorithmName hash) =>
        _key.SignData(input, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
