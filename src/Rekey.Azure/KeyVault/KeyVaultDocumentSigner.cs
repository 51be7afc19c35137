using System.Security.Cryptography;
using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Azure.KeyVault;

/// <summary>Signs Rekey's documents with Rekey's document key in a vault.</summary>
/// <param name="version">Pinned version; null for the newest, looked up again every few minutes.</param>
/// <param name="rsaAlgorithm">The algorithm of an RSA key: PS256 or RS256 and their longer forms. The curve of an EC key determines its
/// own.</param>
public sealed class KeyVaultDocumentSigner(
    KeyVaultKeysClient vault,
    SigningKey key,
    string? version,
    string rsaAlgorithm,
    TimeProvider timeProvider
) : IDocumentSigner
{
    // Long enough for one lookup per publication, short enough that a rotation of this key needs no restart.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    private Described? _described;
    private (DocumentKey? Key, DateTimeOffset Until)? _next;

    public async Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken)
    {
        var known = _described is { } kept && timeProvider.GetUtcNow() < kept.Until ? kept : await ReadAsync(cancellationToken);
        return (known.Key, known.Algorithm);
    }

    /// <summary>The newest version of the key, while an older one is pinned. A newest version that cannot sign is none: it must not stop
    /// a publication.</summary>
    public async Task<DocumentKey?> FindNextAsync(CancellationToken cancellationToken)
    {
        if (version is null)
        {
            return null;
        }

        if (_next is not { } known || timeProvider.GetUtcNow() >= known.Until)
        {
            known = (await ReadNewestAsync(cancellationToken), timeProvider.GetUtcNow() + Kept);
            _next = known;
        }

        return known.Key;
    }

    /// <remarks>Signs with the version that was described last, so that a header made from the description names the key that
    /// signs.</remarks>
    public async Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken)
    {
        var with = _described ?? await ReadAsync(cancellationToken);
        return await vault.SignAsync(key, with.Version, with.Algorithm, Digest(with.Algorithm, signingInput.Span), cancellationToken);
    }

    private async Task<DocumentKey?> ReadNewestAsync(CancellationToken cancellationToken)
    {
        try
        {
            var newest = await vault.GetKeyAsync(key, version: null, cancellationToken);
            return newest.Version == version ? null : new(newest.PublicKey, AlgorithmOf(newest.PublicKey));
        }
        catch (CannotContinueException)
        {
            return null;
        }
    }

    private async Task<Described> ReadAsync(CancellationToken cancellationToken)
    {
        var read = await vault.GetKeyAsync(key, version, cancellationToken);
        var described = new Described(read.Version, read.PublicKey, AlgorithmOf(read.PublicKey), timeProvider.GetUtcNow() + Kept);
        _described = described;
        return described;
    }

    private string AlgorithmOf(PublicJwk described) =>
        (described.KeyType, described.Curve) switch
        {
            ("EC", "P-256") => "ES256",
            ("EC", "P-384") => "ES384",
            ("EC", "P-521") => "ES512",
            ("EC", "secp256k1") => "ES256K",
            ("RSA", _) => rsaAlgorithm,
            _ => throw new CannotContinueException(
                "document-key-unsuitable",
                $"The document key {key} is of type {described.KeyType} {described.Curve}, which has no supported JWS algorithm.",
                "Create an EC key on P-256, and set it as the document key."
            ),
        };

    // RFC 7518 §3.1: the algorithm's last digits name the hash.
    private static byte[] Digest(string algorithm, ReadOnlySpan<byte> input) =>
        algorithm switch
        {
            "ES384" or "RS384" or "PS384" => SHA384.HashData(input),
            "ES512" or "RS512" or "PS512" => SHA512.HashData(input),
            _ => SHA256.HashData(input),
        };

    private sealed record Described(string Version, PublicJwk Key, string Algorithm, DateTimeOffset Until);
}
