using Rekey.Core;

namespace Rekey.Trust.Documents;

/// <summary>
/// Stores signed documents in a container. Anyone with write access can put anything there: a document counts only after its signature
/// was checked and its number compared with the ledger's.
/// </summary>
public interface IDocuments
{
    /// <summary>
    /// Reads the document; null when there is none. One that is larger than its kind allows is not downloaded and comes without content.
    /// </summary>
    /// <param name="known">The caller's copy: returned without a download while it is still the stored one.</param>
    /// <exception cref="RetryLaterException">The container cannot be reached.</exception>
    Task<Document?> FindAsync(DocumentKind kind, Document? known, CancellationToken cancellationToken);

    /// <summary>Replaces a document; returns null when it has changed since. Breaks a lease that another client holds on it.</summary>
    /// <param name="replaces">The ETag of the document to replace; null when none may exist yet.</param>
    /// <exception cref="RetryLaterException">The container cannot be reached, or the document is leased again and again.</exception>
    Task<Document?> PublishAsync(DocumentKind kind, ReadOnlyMemory<byte> content, string? replaces, CancellationToken cancellationToken);
}
