using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Rekey.Azure.Http;
using Rekey.Azure.Storage.Connections;
using Rekey.Core;
using Rekey.Trust.Documents;

namespace Rekey.Azure.Storage;

/// <summary>Published documents in the container <c>trust</c>, each a blob of its name.</summary>
internal sealed class BlobDocuments(BlobServiceClient service, TimeProvider timeProvider) : IDocuments
{
    /// <summary>The container.</summary>
    public const string Container = "trust";

    /// <summary>How often a foreign lease is broken before the caller must retry: its owner may take the next one at once.</summary>
    private const int Tries = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(Container);

    public async Task<Document?> FindAsync(DocumentKind kind, Document? known, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobDownloadOptions
            {
                Conditions = known is null ? null : new BlobRequestConditions { IfNoneMatch = new ETag(known.ETag) },
            };
            var found = await _container.GetBlobClient(kind.Name).DownloadStreamingAsync(options, cancellationToken);
            if (found.GetRawResponse().Status == 304)
            {
                return known;
            }

            using var download = found.Value;
            var etag = download.Details.ETag.ToString();
            if (download.Details.ContentLength > kind.MaxBytes)
            {
                return new(ReadOnlyMemory<byte>.Empty, etag);
            }

            var content = new byte[download.Details.ContentLength];
            await download.Content.ReadExactlyAsync(content, cancellationToken);
            return new(content, etag);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure, kind);
        }
    }

    public async Task<Document?> PublishAsync(
        DocumentKind kind,
        ReadOnlyMemory<byte> content,
        string? replaces,
        CancellationToken cancellationToken
    )
    {
        try
        {
            for (var attempt = 1; attempt <= Tries; attempt++)
            {
                try
                {
                    return new(content, (await WriteAsync(kind, content, replaces, cancellationToken)).ETag.ToString());
                }
                catch (RequestFailedException locked) when (IsLocked(locked))
                {
                    // Only Rekey writes here: another client's lease can only block publication.
                    await BreakLeaseAsync(kind, cancellationToken);
                    await Task.Delay(Pause * attempt, timeProvider, cancellationToken);
                }
                catch (RequestFailedException lost) when (lost.Status == 412 || lost.ErrorCode == BlobErrorCode.BlobAlreadyExists)
                {
                    // A retry by the SDK of a successful write fails the same way: then the blob has the wanted content.
                    var winner = await FindAsync(kind, known: null, cancellationToken);
                    return winner is not null && winner.Content.Span.SequenceEqual(content.Span) ? winner : null;
                }
            }
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure, kind);
        }

        throw new RetryLaterException($"The blob {kind.Name} is leased again after each break.", TimeSpan.FromSeconds(1));
    }

    private async Task BreakLeaseAsync(DocumentKind kind, CancellationToken cancellationToken)
    {
        try
        {
            await _container.GetBlobClient(kind.Name).GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException gone) when (gone.Status is 404 or 409)
        {
            // The lease has ended already.
        }
    }

    private async Task<BlobContentInfo> WriteAsync(
        DocumentKind kind,
        ReadOnlyMemory<byte> content,
        string? replaces,
        CancellationToken cancellationToken
    )
    {
        var options = new BlobUploadOptions
        {
            Conditions = replaces is null
                ? new BlobRequestConditions { IfNoneMatch = ETag.All }
                : new BlobRequestConditions { IfMatch = new ETag(replaces) },
            HttpHeaders = new BlobHttpHeaders { ContentType = kind.ContentType },
        };
        var blob = _container.GetBlobClient(kind.Name);
        return (
            await BlobContainers.WithAsync(
                _container,
                () => blob.UploadAsync(BinaryData.FromBytes(content), options, cancellationToken),
                cancellationToken
            )
        ).Value;
    }

    /// <summary>A write that a lease forbids fails with 412 as a lost race does, although the ETag is the one that was read.</summary>
    private static bool IsLocked(RequestFailedException failure) =>
        failure.ErrorCode is { } code
        && (
            code == BlobErrorCode.LeaseIdMissing
            || code == BlobErrorCode.LeaseIdMismatchWithBlobOperation
            || code == BlobErrorCode.LeaseLost
        );

    private Exception Translated(Exception failure, DocumentKind kind) =>
        OutsideFailures.OfStorage(failure, $"document {kind.Name}", timeProvider);
}
