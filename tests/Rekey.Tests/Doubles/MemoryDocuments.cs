using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Tests.Doubles;

/// <summary>The container of published documents.</summary>
public sealed class MemoryContainer(TimeProvider clock)
{
    private int _etag;

    public Dictionary<string, Document> Current { get; } = new(StringComparer.Ordinal);

    /// <summary>Every write, oldest first.</summary>
    public List<(string Name, Document Document, string ContentType, DateTimeOffset At)> Written { get; } = [];

    /// <summary>Names of documents that somebody keeps locked: no write succeeds.</summary>
    public HashSet<string> Locked { get; } = new(StringComparer.Ordinal);

    /// <summary>The storage does not answer.</summary>
    public bool Silent { get; set; }

    /// <summary>A reading ends when this has.</summary>
    public Task Hangs { get; set; } = Task.CompletedTask;

    /// <summary>How often somebody tried to write.</summary>
    public int Tries { get; set; }

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>What somebody with write access to the container does: other bytes, no questions.</summary>
    public void Alter(string name, byte[] content) => Current[name] = new(content, NextETag());

    public string NextETag() => $"\"{++_etag}\"";
}

/// <summary>One process's way to the container.</summary>
public sealed class MemoryDocuments(MemoryContainer container, Fate fate) : IDocuments
{
    public Task<Document?> FindAsync(DocumentKind kind, Document? known, CancellationToken cancel) => fate.ReadAsync(async () =>
    {
        await container.Hangs;
        if (container.Silent)
        {
            throw new RetryLaterException("The storage does not answer.");
        }

        var found = container.Current.GetValueOrDefault(kind.Name);
        return found?.ETag == known?.ETag ? known
            : found?.Content.Length > kind.MaxBytes ? found with { Content = ReadOnlyMemory<byte>.Empty }
            : found;
    });

    public Task<Document?> PublishAsync(DocumentKind kind, ReadOnlyMemory<byte> content, string? replaces, CancellationToken cancel) =>
        fate.DoAsync($"publish {kind.Name}", () =>
        {
            container.Tries++;
            if (container.Silent || container.Locked.Contains(kind.Name))
            {
                throw new RetryLaterException(container.Silent ? "The storage does not answer." : "The blob is leased.");
            }

            if (container.Current.GetValueOrDefault(kind.Name)?.ETag != replaces)
            {
                return Task.FromResult<Document?>(null);
            }

            var document = new Document(content.ToArray(), container.NextETag());
            container.Current[kind.Name] = document;
            container.Written.Add((kind.Name, document, kind.ContentType, container.Now));
            return Task.FromResult<Document?>(document);
        });
}

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

    public Task<IReadOnlyList<PublishedKey>> ReadAsync(Uri address, CancellationToken cancel)
    {
        var content = Stale ?? Serve(address.Segments[1].TrimEnd('/')) ?? throw new RetryLaterException("404");
        return Task.FromResult<IReadOnlyList<PublishedKey>>([.. Jwks(content).Select(k => new PublishedKey(k.Kid, k.Key.Thumbprint)), .. Added]);
    }

    /// <summary>What the address of an issuer serves now.</summary>
    public byte[]? Serve(string issuer) => ListOf(Lag == TimeSpan.Zero
        ? container.Current.GetValueOrDefault(TrustDocuments.TrustListName)
        : container.Written.LastOrDefault(w => w.Name == TrustDocuments.TrustListName && w.At <= container.Now - Lag).Document) is { } list
        ? TrustDocuments.Jwks(list, issuer) : null;

    /// <summary>The keys of a JWK Set.</summary>
    public static IReadOnlyList<(string Kid, PublicJwk Key)> Jwks(ReadOnlyMemory<byte> content)
    {
        using var document = JsonDocument.Parse(content);
        return [.. document.RootElement.GetProperty("keys").EnumerateArray().Select(k => (k.GetProperty("kid").GetString()!, k.Deserialize<PublicJwk>()!))];
    }

    /// <summary>What a document says as a trust list, by whomever it was signed; null when it is none.</summary>
    public static TrustList? ListOf(Document? document)
    {
        try
        {
            // Another signed document in its place has no keys.
            return document is not null && CompactJws.TrySplit(Encoding.ASCII.GetString(document.Content.Span), out var jws)
                && TrustDocuments.Read(Base64Url.DecodeFromChars(jws.Payload)) is { Keys: not null } list ? list : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>Signs documents with a real ES256 key.</summary>
public sealed class DocumentSigner : IDocumentSigner
{
    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public PublicJwk Public => FakeVault.PublicOf(Key);

    /// <summary>The vault of Rekey's own key does not answer.</summary>
    public bool Silent { get; set; }

    public Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancel) => Silent ? throw new RetryLaterException("The document key's vault does not answer.") : Task.FromResult((Public, "ES256"));

    public Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancel) =>
        Task.FromResult(Key.SignData(signingInput.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
}
