using System.Net.Http.Headers;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Rekey.Azure.Http;
using Rekey.Azure.Storage.Connections;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;

namespace Rekey.Azure.Storage;

/// <summary>The ledger's segments as append blobs <c>00000001.ndjson</c>, <c>00000002.ndjson</c>, … in the container
/// <c>ledger</c>.</summary>
/// <remarks>
/// A client without retries sends each append once: a retry of a successful append would fail because the position is taken, as if
/// another writer had won. If the reply is lost, <see cref="AppendAsync"/> throws <see cref="IOException"/>, and the tail shows whether
/// it was written. <see cref="RetryLaterException"/> means that nothing was written.
/// </remarks>
internal sealed class BlobLedgerSegments(BlobServiceClient reading, BlobServiceClient appending, TimeProvider timeProvider)
    : ILedgerSegments
{
    /// <summary>The container.</summary>
    public const string Container = "ledger";

    private readonly BlobContainerClient _reading = reading.GetBlobContainerClient(Container);
    private readonly BlobContainerClient _appending = appending.GetBlobContainerClient(Container);

    public async Task<int> NewestAsync(CancellationToken cancellationToken)
    {
        var newest = 0;
        try
        {
            await foreach (var blob in _reading.GetBlobsAsync(new GetBlobsOptions(), cancellationToken))
            {
                newest = Math.Max(newest, SegmentName.NumberOf(blob.Name) ?? 0);
            }
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            return 0;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }

        return newest;
    }

    public async Task<bool> CreateAsync(int segment, CancellationToken cancellationToken)
    {
        var blob = _reading.GetAppendBlobClient(SegmentName.Of(segment));
        var options = new AppendBlobCreateOptions
        {
            Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = new BlobHttpHeaders { ContentType = "application/x-ndjson" },
        };
        try
        {
            await BlobContainers.WithAsync(_reading, () => blob.CreateAsync(options, cancellationToken), cancellationToken);
            return true;
        }
        catch (RequestFailedException there) when (there.Status == 412 || there.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            return false;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    public async Task<SegmentBytes?> ReadAsync(int segment, long offset, int atMost, CancellationToken cancellationToken)
    {
        // Read one byte before the offset too: it exists even without new data, so the reply has the block count and is not an
        // error.
        var before = offset == 0 ? 0 : 1;
        var range = new BlobDownloadOptions { Range = new HttpRange(offset - before, atMost + before) };
        try
        {
            var read = await _reading.GetAppendBlobClient(SegmentName.Of(segment)).DownloadContentAsync(range, cancellationToken);
            var bytes = read.Value.Content.ToMemory();
            return bytes.Length < before
                ? throw Cut(segment, offset)
                : new SegmentBytes(
                    bytes[before..],
                    read.Value.Details.BlobCommittedBlockCount,
                    ContentRangeHeaderValue.TryParse(read.Value.Details.ContentRange, out var of) && of.Length is { } length
                        ? length
                        : offset - before + bytes.Length
                );
        }
        catch (RequestFailedException end) when (end.Status == 416)
        {
            return offset == 0 ? new SegmentBytes(ReadOnlyMemory<byte>.Empty, Blocks: 0, Length: 0) : throw Cut(segment, offset);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    public async Task<AppendOutcome> AppendAsync(
        int segment,
        ReadOnlyMemory<byte> block,
        long expectedLength,
        CancellationToken cancellationToken
    )
    {
        var blob = _appending.GetAppendBlobClient(SegmentName.Of(segment));
        var options = new AppendBlobAppendBlockOptions
        {
            Conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = expectedLength },
        };
        using var content = BinaryData.FromBytes(block).ToStream();
        try
        {
            await blob.AppendBlockAsync(content, options, cancellationToken);
            return AppendOutcome.Appended;
        }
        catch (RequestFailedException taken) when (taken.ErrorCode == BlobErrorCode.AppendPositionConditionNotMet)
        {
            return AppendOutcome.PositionTaken;
        }
        catch (RequestFailedException full) when (full.ErrorCode == BlobErrorCode.BlockCountExceedsLimit)
        {
            throw new CannotContinueException(
                "segment-full",
                $"The ledger segment {SegmentName.Of(segment)} has 50,000 blocks, the maximum of an append blob.",
                "Rekey opens the next segment long before that, so check who else wrote to the container.",
                full
            );
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw IsOpen(failure)
                ? new IOException(
                    $"The append to {SegmentName.Of(segment)} at {expectedLength} may or may not have happened: {failure.Message}",
                    failure
                )
                : Translated(failure);
        }
    }

    /// <summary>Whether the block may have been written although the reply was lost or reports an error.</summary>
    private static bool IsOpen(Exception failure) =>
        !OutsideFailures.NeverSent(failure) && failure is not RequestFailedException { Status: > 0 and < 500 };

    private static CannotContinueException Cut(int segment, long offset) =>
        LedgerChain.Broken($"segment {SegmentName.Of(segment)} has fewer than the {offset} bytes read before");

    private Exception Translated(Exception failure) => OutsideFailures.OfStorage(failure, $"container {Container}", timeProvider);
}
