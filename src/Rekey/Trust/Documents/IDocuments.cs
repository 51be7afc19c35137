using Rekey.Core;

namespace Rekey.Trust.Documents;

/// <summary>
/// Signed documents in a container, where whoever may write there can put what they like: nothing in it counts before its signature was
/// checked and its number held against the ledger's.
/// </summary>
public interface IDocuments
{
    /// <summary>The document that stands there; null when none does. One that is larger than its kind allows is not downloaded and comes
    /// without content.</summary>
    /// <param name="known">What the caller has: returned itself, without a download, while it still stands there.</param>
    /// <exception cref="RetryLaterException">The container cannot be reached.</exception>
    Task<Document?> FindAsync(DocumentKind kind, Document? known, CancellationToken cancellationToken);

    /// <summary>Writes a document in place of another; returns null when that one does not stand there any more. A lock that somebody holds
    /// on it is broken.</summary>
    /// <param name="replaces">Its ETag; null when none may be there yet.</param>
    /// <exception cref="RetryLaterException">The container cannot be reached, or the document is locked again and again.</exception>
    Task<Document?> PublishAsync(DocumentKind kind, ReadOnlyMemory<byte> content, string? replaces, CancellationToken cancellationToken);
}
