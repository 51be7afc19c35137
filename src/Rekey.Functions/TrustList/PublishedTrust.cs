using Rekey.Trust;

namespace Rekey.Functions;

/// <summary>The published trust list and key sets, as this instance serves them.</summary>
public sealed class PublishedTrust(PublishedDocuments documents, IDocumentSigner signer)
{
    private Opened? _opened;

    /// <summary>The document's bytes; null when none was published.</summary>
    public ValueTask<Document?> FindAsync(string name, CancellationToken cancel) => documents.FindAsync(name, cancel);

    /// <summary>The trust list, its signature checked.</summary>
    /// <exception cref="RetryLaterException">None was published yet.</exception>
    public async ValueTask<Trust.TrustList> ListAsync(CancellationToken cancel)
    {
        var document = await FindAsync(TrustDocuments.TrustListName, cancel) ?? throw new RetryLaterException("No trust list was published yet: the baseline waits for a decision.");
        if (_opened is { } opened && ReferenceEquals(opened.Document, document))
        {
            return opened.List;
        }

        var (key, algorithm) = await signer.DescribeAsync(cancel);
        var list = TrustDocuments.Read(SignedDocument.Open(document.Content.Span, TrustDocuments.TrustListType, key, algorithm));
        _opened = new(document, list);
        return list;
    }

    /// <summary>Answers with a document: its ETag is its sequence and content, 304 when the caller has it.</summary>
    public static IResult Serve(HttpContext context, Document document, string contentType, string cacheControl)
    {
        var tag = $"\"{document.Sequence}-{StableId.Of(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(document.Content.Span)))}\"";
        context.Response.Headers.CacheControl = cacheControl;
        return Results.Bytes(document.Content.ToArray(), contentType, entityTag: Microsoft.Net.Http.Headers.EntityTagHeaderValue.Parse(tag));
    }

    /// <summary>One reference, written at once: a document never goes with another one's list.</summary>
    private sealed record Opened(Document Document, Trust.TrustList List);
}
