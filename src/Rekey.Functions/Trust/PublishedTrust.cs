using Rekey.Findings;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>The published trust list and key sets, as this instance serves them.</summary>
public sealed class PublishedTrust(
    PublishedDocuments documents, IDocumentSigner signer, Estate estate, TrustOptions options, IFindings findings, TimeProvider clock,
    ILogger<PublishedTrust> log) : IDisposable
{
    private readonly LastGood<TrustList> _list =
        new("trust list", (why, now) => RotationFindings.ListRefused(estate.Environment, why, options.StaleTime, now), options, findings,
        clock, log);

    /// <summary>The document's bytes; null when none was published.</summary>
    public ValueTask<Document?> FindAsync(string name, CancellationToken cancel) => documents.FindAsync(name, cancel);

    /// <summary>The trust list, its signature checked. None with a lower number than this instance has seen: the signed one counts, the
    /// store's is anybody's to write.</summary>
    /// <exception cref="RetryLaterException">None was published yet, or it cannot be used.</exception>
    public async ValueTask<TrustList> ListAsync(CancellationToken cancel) =>
        await _list.GetAsync(await FindAsync(TrustDocuments.TrustListName, cancel), async (document, before) =>
        {
            var (key, algorithm) = await signer.DescribeAsync(cancel);
            var list = TrustDocuments.Read(SignedDocument.Open(document.Content.Span, TrustDocuments.TrustListType, key, algorithm));
            return list.Sequence >= (before?.Sequence ?? 0) ? list
                : throw new RetryLaterException($"It has gone back from {before!.Sequence} to {list.Sequence}: somebody replaced it.");
        }, cancel);

    public void Dispose() => _list.Dispose();

    /// <summary>Answers with a document: its ETag is its sequence and content, 304 when the caller has it.</summary>
    public static IResult Serve(HttpContext context, Document document, string contentType, string cacheControl)
    {
        var tag = $"\"{document.Sequence}-{StableId.Of(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(document.Content.Span)))}\"";
        context.Response.Headers.CacheControl = cacheControl;
        return Results.Bytes(document.Content.ToArray(), contentType,
            entityTag: Microsoft.Net.Http.Headers.EntityTagHeaderValue.Parse(tag));
    }
}
