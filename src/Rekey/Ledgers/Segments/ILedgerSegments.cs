using Rekey.Core;

namespace Rekey.Ledgers.Segments;

/// <summary>
/// The append blobs under the ledger, numbered from 1. An append names the length that it expects, so that two writers cannot both write
/// at one place (<c>x-ms-blob-condition-appendpos</c>).
/// </summary>
/// <remarks>
/// Any exception but <see cref="RetryLaterException"/> from <see cref="AppendAsync"/>, and a time-out, leaves the outcome open: read the
/// tail first.
/// </remarks>
public interface ILedgerSegments : ISegmentSource
{
    /// <summary>Creates an empty segment (If-None-Match: *); false when it is there already.</summary>
    Task<bool> CreateAsync(int segment, CancellationToken cancellationToken);

    /// <summary>Appends one block at exactly that length.</summary>
    Task<AppendOutcome> AppendAsync(int segment, ReadOnlyMemory<byte> block, long expectedLength, CancellationToken cancellationToken);
}
