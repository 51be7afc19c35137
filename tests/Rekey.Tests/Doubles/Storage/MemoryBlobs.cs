using Rekey.Ledgers;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>Append blobs in memory: an append takes place at exactly the expected length, or not at all.</summary>
public sealed class MemoryBlobs
{
    public List<(List<byte> Bytes, int Blocks)> Segments { get; } = [];

    public int Appends => Blocks.Count;

    /// <summary>The length of each block, over all segments.</summary>
    public List<int> Blocks { get; } = [];

    public ReadOnlyMemory<byte> All => Segments.SelectMany(s => s.Bytes).ToArray();

    public AppendOutcome Append(int segment, ReadOnlyMemory<byte> block, long expectedLength)
    {
        var (bytes, blocks) = Segments[segment - 1];
        if (bytes.Count != expectedLength)
        {
            return AppendOutcome.PositionTaken;
        }

        bytes.AddRange(block.Span);
        Segments[segment - 1] = (bytes, blocks + 1);
        Blocks.Add(block.Length);
        return AppendOutcome.Appended;
    }
}
