using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>One process's access to the blobs.</summary>
public sealed class MemorySegments(MemoryBlobs blobs, Fate fate) : ILedgerSegments
{
    /// <summary>Asked before each append.</summary>
    public Func<AppendTrouble> Trouble { get; set; } = () => AppendTrouble.None;

    public Task<int> NewestAsync(CancellationToken cancellationToken) => fate.ReadAsync(() => Task.FromResult(blobs.Segments.Count));

    public Task<bool> CreateAsync(int segment, CancellationToken cancellationToken) => fate.DoAsync("create segment", () =>
        {
            if (segment <= blobs.Segments.Count)
            {
                return Task.FromResult(false);
            }

            Assert.Equal(blobs.Segments.Count + 1, segment);
            blobs.Segments.Add(([], 0));
            return Task.FromResult(true);
        });

    /// <summary>What was read so far: segment, offset and the longest answer that was asked for.</summary>
    public ConcurrentQueue<(int Segment, long Offset, int AtMost)> Reads { get; } = [];

    public Task<SegmentBytes?> ReadAsync(int segment, long offset, int atMost, CancellationToken cancellationToken) =>
        fate.ReadAsync(() =>
        {
            Assert.InRange(atMost, 1, 8 * 1024 * 1024);
            Reads.Enqueue((segment, offset, atMost));
            if (segment > blobs.Segments.Count)
            {
                return Task.FromResult<SegmentBytes?>(null);
            }

            // As in Azure nothing says that an offset lies beyond the end but a refusal.
            var (bytes, blocks) = blobs.Segments[segment - 1];
            if (offset > bytes.Count)
            {
                throw LedgerChain.Broken($"segment {segment} has fewer than the {offset} bytes read before");
            }

            var length = Math.Min(atMost, bytes.Count - (int)offset);
            return Task.FromResult<SegmentBytes?>(new(bytes.GetRange((int)offset, length).ToArray(), blocks, bytes.Count));
        });

    public Task<AppendOutcome> AppendAsync(
        int segment,
        ReadOnlyMemory<byte> block,
        long expectedLength,
        CancellationToken cancellationToken
    ) => fate.DoAsync("append ledger", () =>
        {
            switch (Trouble())
            {
                case AppendTrouble.WrittenButReportedAsRetryLater:
                    blobs.Append(segment, block, expectedLength);
                    throw new RetryLaterException("Timed out.");
                case AppendTrouble.NotWrittenAndReportedAsRetryLater:
                    throw new RetryLaterException("Timed out.");
                case AppendTrouble.WrittenAndThenBroken:
                    blobs.Append(segment, block, expectedLength);
                    throw new IOException("The connection was reset.");
                default:
                    return Task.FromResult(blobs.Append(segment, block, expectedLength));
            }
        });
}
