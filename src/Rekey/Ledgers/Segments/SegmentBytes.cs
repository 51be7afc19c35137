namespace Rekey.Ledgers.Segments;

/// <summary>A piece of a segment.</summary>
/// <param name="Bytes">From the requested offset; empty when there are none yet.</param>
/// <param name="Blocks">Committed blocks of the whole segment; Azure ends at 50,000.</param>
/// <param name="Length">The bytes of the whole segment.</param>
public sealed record SegmentBytes(ReadOnlyMemory<byte> Bytes, int Blocks, long Length);
