namespace Rekey.Ledgers.Segments;

/// <summary>A line with the position of its bytes, without its line feed.</summary>
/// <param name="Hash">The hash by which the next line names this one.</param>
internal sealed record PlacedLine(LedgerLine Line, int Segment, long Offset, int Length, string Hash)
{
    /// <summary>True for the last line of a segment: the next line is in the next segment.</summary>
    public bool EndsSegment => string.Equals(Line.Entry.Kind, LedgerKinds.SegmentClosed, StringComparison.Ordinal);

    /// <summary>The position after it.</summary>
    public LedgerPosition After =>
        EndsSegment ? new(Segment + 1, 0, Line.Number, Hash) : new(Segment, Offset + Length + 1, Line.Number, Hash);
}
