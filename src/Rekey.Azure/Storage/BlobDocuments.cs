using System.Globalization;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Trust;

namespace Rekey.Azure.Storage;

/// <summary>
/// Published documents in the container <c>trust</c>: <c>{name}</c> is the newest, <c>{name}.{sequence}</c> the copy that stays, written first.
/// </summary>
/// <remarks>
/// A copy is never written over. Where one stands with other bytes (of a publisher that lost the race or died before it published),
/// ours goes beside it as <c>{name}.{sequence}-{first 12 hex digits of its SHA-256}</c>.
/// </remarks>
/// <param name="cacheControl">The <c>Cache-Control</c> that verifiers and a CDN see, such as <c>public, max-age=60</c>.</param>
public sealed class BlobDocuments(BlobServiceClient service, string cacheControl, TimeProvider time) : IDocuments
{
    /// <summary>The container.</summary>
    public const string Container = "trust";

    private const string SequenceName = "sequence";

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(Container);

    public async Task<Document?> FindAsync(string name, CancellationToken cancel)
    {
        try
        {
            var found = await _container.GetBlobClient(name).DownloadContentAsync(cancel);
            var details = found.Value.Details;
            return new Document(found.Value.Content.ToMemory(), SequenceOf(details.Metadata), details.ETag.ToString());
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw Translated(failure, name);
        }
    }

    public async Task<Document?> PublishAsync(string name, ReadOnlyMemory<byte> content, string contentType, long sequence, string? replaces, CancellationToken cancel)
    {
        var current = await FindAsync(name, cancel);
        if (!string.Equals(current?.ETag, replaces, StringComparison.Ordinal))
        {
            return null;
        }

        if (current is not null && sequence <= current.Sequence)
        {
            throw new CannotContinueException("sequence-not-rising",
                $"The document {name} stands at sequence {current.Sequence} and cannot be replaced by {sequence}: gateways pin the highest they saw.",
                "Publish with a higher sequence.");
        }

        try
        {
            await KeepCopyAsync(name, content, contentType, sequence, cancel);
            var written = await WriteAsync(name, content, contentType, sequence,
                replaces is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = new ETag(replaces) }, cancel);
            return new Document(content, sequence, written.ETag.ToString());
        }
        catch (RequestFailedException lost) when (IsTaken(lost))
        {
            // The SDK's own retry of a write that did happen is told so too: then what stands there is what we wanted.
            var winner = await FindAsync(name, cancel);
            return winner is not null && winner.Sequence == sequence && winner.Content.Span.SequenceEqual(content.Span) ? winner : null;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw Translated(failure, name);
        }
    }

    private async Task KeepCopyAsync(string name, ReadOnlyMemory<byte> content, string contentType, long sequence, CancellationToken cancel)
    {
        var copy = string.Create(CultureInfo.InvariantCulture, $"{name}.{sequence}");
        var onlyNew = new BlobRequestConditions { IfNoneMatch = ETag.All };
        try
        {
            await WriteAsync(copy, content, contentType, sequence, onlyNew, cancel);
            return;
        }
        catch (RequestFailedException there) when (IsTaken(there))
        {
            var standing = await _container.GetBlobClient(copy).DownloadContentAsync(cancel);
            if (standing.Value.Content.ToMemory().Span.SequenceEqual(content.Span))
            {
                return;
            }
        }

        try
        {
            await WriteAsync($"{copy}-{Convert.ToHexStringLower(SHA256.HashData(content.Span)).AsSpan(0, 12)}", content, contentType, sequence, onlyNew, cancel);
        }
        catch (RequestFailedException there) when (IsTaken(there))
        {
            // The name says what it holds: it is the same.
        }
    }

    private async Task<BlobContentInfo> WriteAsync(string name, ReadOnlyMemory<byte> content, string contentType, long sequence,
        BlobRequestConditions conditions, CancellationToken cancel)
    {
        var options = new BlobUploadOptions
        {
            Conditions = conditions,
            HttpHeaders = new BlobHttpHeaders { ContentType = contentType, CacheControl = cacheControl },
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [SequenceName] = sequence.ToString(CultureInfo.InvariantCulture) },
        };
        var blob = _container.GetBlobClient(name);
        return (await BlobContainers.WithAsync(_container, () => blob.UploadAsync(BinaryData.FromBytes(content), options, cancel), cancel)).Value;
    }

    private static bool IsTaken(RequestFailedException failure) => failure.Status == 412 || failure.ErrorCode == BlobErrorCode.BlobAlreadyExists;

    // Without a number that counts something other than Rekey wrote it; any number that Rekey publishes under is above this one.
    private static long SequenceOf(IDictionary<string, string> metadata) =>
        metadata.TryGetValue(SequenceName, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? Document.Counting(sequence) : 0;

    private Exception Translated(Exception failure, string name) => OutsideFailures.OfStorage(failure, $"document {name}", time);
}
