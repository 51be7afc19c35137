namespace Rekey.Trust;

/// <summary>A published static document.</summary>
/// <param name="Content">The bytes as verifiers get them.</param>
/// <param name="Sequence">Rises with every change. It bears no signature: who can write there can write any number. 0 when there is none that counts.</param>
/// <param name="ETag">The store's ETag, under which alone it may be replaced.</param>
public sealed record Document(ReadOnlyMemory<byte> Content, long Sequence, string ETag)
{
    /// <summary>The number that the store has for it, if it counts: one that would leave no room above it does not.</summary>
    /// <remarks>JSON numbers are exact up to 2^53 (RFC 8259 §6).</remarks>
    public static long Counting(long stored) => stored is > 0 and < 1L << 52 ? stored : 0;
}

/// <summary>Static documents in blob storage, a CDN may stand before them. Each write keeps a copy under its sequence.</summary>
public interface IDocuments
{
    /// <summary>The newest, or null when none was published.</summary>
    Task<Document?> FindAsync(string name, CancellationToken cancel);

    /// <summary>Publishes; <paramref name="replaces"/> null means that none may be there yet. Returns null when somebody else was first.</summary>
    Task<Document?> PublishAsync(string name, ReadOnlyMemory<byte> content, string contentType, long sequence, string? replaces, CancellationToken cancel);
}
