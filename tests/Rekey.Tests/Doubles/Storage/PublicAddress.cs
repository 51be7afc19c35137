using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Rekey.Core;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>The public address of every issuer's JWKS: what the app makes of the list in the container, as the world sees it.</summary>
public sealed class PublicAddress(MemoryContainer container) : IPublishedJwks
{
    /// <summary>What a CDN that lags still serves; null when it does not lag.</summary>
    public byte[]? Stale { get; set; }

    /// <summary>Keys that somebody who stands before the address adds.</summary>
    public IReadOnlyList<PublishedKey> Added { get; set; } = [];

    /// <summary>How far what the address serves is behind the container.</summary>
    public TimeSpan Lag { get; set; }

    public static Uri Of(string issuer) => new($"https://login.example/{issuer}/jwks.json");

    public Task<IReadOnlyList<PublishedKey>> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        var content = Stale ?? Serve(address.Segments[1].TrimEnd('/')) ?? throw new RetryLaterException("404");
        return Task.FromResult<IReadOnlyList<PublishedKey>>([
            .. Jwks(content).Select(k => new PublishedKey(k.Kid, k.Key.Thumbprint)),
            .. Added,
        ]);
    }

    /// <summary>What the address of an issuer serves now.</summary>
    public byte[]? Serve(string issuer) =>
        ListOf(
            Lag == TimeSpan.Zero
                ? container.Current.GetValueOrDefault(TrustDocuments.TrustListName)
                : container.Written.LastOrDefault(w => w.Name == TrustDocuments.TrustListName && w.At <= container.Now - Lag).Document
        )
            is { } list
            ? TrustDocuments.Jwks(list, issuer)
            : null;

    /// <summary>The keys of a JWK Set.</summary>
    public static IReadOnlyList<(string Kid, PublicJwk Key)> Jwks(ReadOnlyMemory<byte> content)
    {
        using var document = JsonDocument.Parse(content);
        return
        [
            .. document
                .RootElement.GetProperty("keys")
                .EnumerateArray()
                .Select(k => (k.GetProperty("kid").GetString()!, k.Deserialize<PublicJwk>()!)),
        ];
    }

    /// <summary>What a document says as a trust list, by whomever it was signed; null when it is none.</summary>
    public static TrustList? ListOf(Document? document)
    {
        try
        {
            // Another signed document in its place has no keys.
            return
                document is not null
                && CompactJws.TrySplit(Encoding.ASCII.GetString(document.Content.Span), out var jws)
                && TrustDocuments.Read(Base64Url.DecodeFromChars(jws.Payload)) is { Keys: not null } list
                ? list
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}
