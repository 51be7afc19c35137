using Rekey.Core;

namespace Rekey.Ledgers.Segments;

/// <summary>Reads the ledger's segments, numbered from 1: blobs, or files that were exported from them.</summary>
public interface ISegmentSource
{
    /// <summary>The number of the newest segment, 0 when there is none.</summary>
    Task<int> NewestAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads bytes from an offset, in one request: fewer than <paramref name="atMost"/> only at the segment's end; null when there is no
    /// such segment.
    /// </summary>
    /// <exception cref="CannotContinueException">The segment ends before the offset: it was cut.</exception>
    Task<SegmentBytes?> ReadAsync(int segment, long offset, int atMost, CancellationToken cancellationToken);
}
