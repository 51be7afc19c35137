using System.Collections.Concurrent;
using Rekey.Trust;

namespace Rekey.Functions;

/// <summary>
/// The published documents, as this instance serves them: kept for <see cref="TrustOptions.InstanceCache"/>, and for
/// <see cref="TrustOptions.StaleTime"/> more when the storage cannot be reached. A list with a lower sequence than was seen is refused.
/// </summary>
public sealed class PublishedTrust(IDocuments documents, IDocumentSigner signer, TrustOptions options, TimeProvider clock, ILogger<PublishedTrust> log)
{
    /// <summary>How long a storage that does not answer may hold up a caller for whom a document is in memory.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);
    private Opened? _opened;

    /// <summary>The document's bytes; null when none was published.</summary>
    public async Task<Document?> FindAsync(string name, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var held = _held.GetValueOrDefault(name);
        if (held is not null && now - held.TriedAt < options.InstanceCache)
        {
            return held.Document;
        }

        // While it may stand in, nobody waits for the storage's own time-outs, which are those of work that can wait.
        var standsIn = held is not null && now - held.At < options.InstanceCache + options.StaleTime;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(standsIn ? Patience : Timeout.InfiniteTimeSpan);
        try
        {
            var read = await documents.FindAsync(name, limit.Token);
            if (held is not null && (read?.Sequence ?? 0) < held.Document.Sequence)
            {
                throw new RetryLaterException($"The published '{name}' has gone back from {held.Document.Sequence} to {read?.Sequence ?? 0}: somebody replaced it.");
            }

            // Of two that read at once the slower one may have the older: nobody who has seen a list is given one before it.
            return read is null ? null
                : _held.AddOrUpdate(name, new Held(read, now, now), (_, other) => other.Document.Sequence > read.Sequence ? other : new(read, now, now)).Document;
        }
        catch (Exception e) when (standsIn && (e is RetryLaterException || (e is OperationCanceledException && !cancel.IsCancellationRequested)))
        {
            // Not asked again for a while: the next caller need not wait as well.
            _held.TryUpdate(name, held! with { TriedAt = clock.GetUtcNow() }, held);
            log.LogError("A published document is served from memory. Name: {Name}. Reason: {Reason}", name, e.Message);
            return held.Document;
        }
    }

    /// <summary>The trust list, its signature checked.</summary>
    /// <exception cref="RetryLaterException">None was published yet.</exception>
    public async Task<Trust.TrustList> ListAsync(CancellationToken cancel)
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

    /// <param name="At">When it was last read.</param>
    /// <param name="TriedAt">When it was last tried to read it.</param>
    private sealed record Held(Document Document, DateTimeOffset At, DateTimeOffset TriedAt);

    /// <summary>One reference, written at once: a document never goes with another one's list.</summary>
    private sealed record Opened(Document Document, Trust.TrustList List);
}
