namespace Rekey.Ledgers.Segments;

/// <summary>A line with the place where its bytes stand, without its line feed.</summary>
/// <param name="Hash">The hash by which the next line names this one.</param>
internal sealed record PlacedLine(LedgerLine Line, int Segment, long Offset, int Length, string Hash)
{
    /// <summary>True for the last line of a segment: what follows stands in the next one.</summary>
    public bool EndsSegment => string.Equals(Line.Entry.Kind, LedgerKinds.SegmentClosed, StringComparison.Ordinal);

    /// <summary>The place behind it.</summary>
    public LedgerPosition After =>
        EndsSegment ? new(Segment + 1, 0, Line.Number, Hash) : new(Segment, Offset + Length + 1, Line.Number, Hash);
}
