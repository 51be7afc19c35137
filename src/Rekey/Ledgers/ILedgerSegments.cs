namespace Rekey.Ledgers;

/// <summary>
/// The append blobs under the ledger, numbered from 1. An append names the length that it expects, so that two writers
/// cannot both write at one place (<c>x-ms-blob-condition-appendpos</c>).
/// </summary>
/// <remarks>Any other exception than <see cref="RetryLaterException"/> from <see cref="AppendAsync"/> or a time-out leaves the outcome open: read the tail first.</remarks>
public interface ILedgerSegments
{
    /// <summary>The number of the newest segment, 0 when there is none.</summary>
    Task<int> NewestAsync(CancellationToken cancel);

    /// <summary>Creates an empty segment (If-None-Match: *); false when it is there already.</summary>
    Task<bool> CreateAsync(int segment, CancellationToken cancel);

    /// <summary>Bytes from an offset to the end; null when there is no such segment.</summary>
    Task<SegmentBytes?> ReadAsync(int segment, long offset, CancellationToken cancel);

    /// <summary>Appends one block at exactly that length.</summary>
    Task<AppendOutcome> AppendAsync(int segment, ReadOnlyMemory<byte> block, long expectedLength, CancellationToken cancel);
}

/// <summary>A piece of a segment.</summary>
/// <param name="Bytes">From the offset asked for to the end.</param>
/// <param name="Blocks">Committed blocks of the whole segment; Azure ends at 50,000.</param>
public sealed record SegmentBytes(ReadOnlyMemory<byte> Bytes, int Blocks);

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>Written at the expected place.</summary>
    Appended,

    /// <summary>Somebody else wrote there first (412).</summary>
    PositionTaken,
}
