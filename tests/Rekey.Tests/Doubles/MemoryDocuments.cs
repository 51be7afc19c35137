using System.Security.Cryptography;
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

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>What somebody with write access to the container does: other bytes, any number, no questions.</summary>
    public void Alter(string name, byte[] content, long sequence) => Current[name] = new(content, Document.Counting(sequence), NextETag());

    public string NextETag() => $"\"{++_etag}\"";
}

/// <summary>One process's way to the container.</summary>
public sealed class MemoryDocuments(MemoryContainer container, Fate fate) : IDocuments
{
    public Task<Document?> FindAsync(string name, CancellationToken cancel) => fate.ReadAsync(() => Task.FromResult(container.Current.GetValueOrDefault(name)));

    public Task<Document?> PublishAsync(string name, ReadOnlyMemory<byte> content, string contentType, long sequence, string? replaces, CancellationToken cancel) =>
        fate.DoAsync($"publish {name}", () =>
        {
            if (container.Current.GetValueOrDefault(name)?.ETag != replaces)
            {
                return Task.FromResult<Document?>(null);
            }

            // As blob storage does it: a number that does not rise is a mistake, not a lost race.
            if (container.Current.GetValueOrDefault(name)?.Sequence >= sequence)
            {
                throw new CannotContinueException("sequence-not-rising", "The document stands at a higher number.", "Publish with a higher one.");
            }

            var document = new Document(content.ToArray(), sequence, container.NextETag());
            container.Current[name] = document;
            container.Written.Add((name, document, contentType, container.Now));
            return Task.FromResult<Document?>(document);
        });
}

/// <summary>The public address of every issuer's JWKS: the container as the world sees it.</summary>
public sealed class PublicAddress(MemoryContainer container) : IPublishedJwks
{
    /// <summary>What a CDN that lags still serves; null when it does not lag.</summary>
    public byte[]? Stale { get; set; }

    /// <summary>Keys that somebody who stands before the address adds.</summary>
    public IReadOnlyList<PublishedKey> Added { get; set; } = [];

    /// <summary>How far what the address serves is behind the container.</summary>
    public TimeSpan Lag { get; set; }

    public static Uri Of(string issuer) => new($"https://login.example/{TrustDocuments.JwksName(issuer)}");

    public Task<IReadOnlyList<PublishedKey>> ReadAsync(Uri address, CancellationToken cancel)
    {
        var content = Stale ?? Serve(address.AbsolutePath[1..]) ?? throw new RetryLaterException("404");
        return Task.FromResult<IReadOnlyList<PublishedKey>>([.. Jwks(content).Select(k => new PublishedKey(k.Kid, k.Key.Thumbprint)), .. Added]);
    }

    /// <summary>What the address serves now.</summary>
    public ReadOnlyMemory<byte>? Serve(string name) => Lag == TimeSpan.Zero
        ? container.Current.GetValueOrDefault(name)?.Content
        : container.Written.LastOrDefault(w => w.Name == name && w.At <= container.Now - Lag).Document?.Content;

    /// <summary>The keys of a JWK Set.</summary>
    public static IReadOnlyList<(string Kid, PublicJwk Key)> Jwks(ReadOnlyMemory<byte> content)
    {
        using var document = JsonDocument.Parse(content);
        return [.. document.RootElement.GetProperty("keys").EnumerateArray().Select(k => (k.GetProperty("kid").GetString()!, k.Deserialize<PublicJwk>()!))];
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
