namespace Rekey.Ledgers;

/// <summary>A place in the ledger: behind which line, in which segment, at which byte.</summary>
/// <param name="Hash">Hash of the line before; null when not known, at the start of a segment that is read first.</param>
internal sealed record LedgerPosition(int Segment, long Offset, long Number, string? Hash)
{
    public static readonly LedgerPosition Start = new(1, 0, 0, LedgerChain.Origin);
}

/// <summary>Reads forward from a position, over the seams between segments, and checks the chain while it goes.</summary>
internal sealed class SegmentReader(ILedgerSegments segments, LedgerPosition from)
{
    public LedgerPosition Position { get; private set; } = from;

    /// <summary>Committed blocks of the segment that was read last.</summary>
    public int Blocks { get; private set; }

    /// <summary>True when the segment before the position was closed: what follows stands in the next one.</summary>
    public bool AtSeam { get; private set; }

    /// <summary>The next run of lines; null at the end as it is now.</summary>
    public async Task<IReadOnlyList<LedgerLine>?> NextAsync(CancellationToken cancel)
    {
        var read = await segments.ReadAsync(Position.Segment, Position.Offset, cancel);
        if (read is null)
        {
            return null;
        }

        Blocks = read.Blocks;
        AtSeam = false;
        if (read.Bytes.IsEmpty)
        {
            return null;
        }

        var verifier = new LedgerVerifier(Position.Number, Position.Hash);
        var lines = verifier.Take(read.Bytes);
        AtSeam = string.Equals(lines[^1].Entry.Kind, LedgerKinds.SegmentClosed, StringComparison.Ordinal);
        Position = AtSeam
            ? new(Position.Segment + 1, 0, verifier.Number, verifier.Hash)
            : new(Position.Segment, Position.Offset + read.Bytes.Length, verifier.Number, verifier.Hash);
        if (AtSeam)
        {
            Blocks = 0;
        }

        return lines;
    }
}
