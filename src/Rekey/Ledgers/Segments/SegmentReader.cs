namespace Rekey.Ledgers.Segments;

/// <summary>Reads forward from a position in pieces, across segments, and checks the chain.</summary>
internal sealed class SegmentReader(ISegmentSource segments, LedgerPosition from)
{
    /// <summary>The memory for one piece, whatever the size of a segment: 4 MiB.</summary>
    public const int Piece = 4 * 1024 * 1024;

    private bool _atEnd;

    public LedgerPosition Position { get; private set; } = from;

    /// <summary>Committed blocks of the segment that the position is in.</summary>
    public int Blocks { get; private set; }

    /// <summary>The good lines before the bad one, in the piece in which <see cref="NextAsync"/> failed.</summary>
    public IReadOnlyList<PlacedLine> BeforeFailure { get; private set; } = [];

    /// <summary>The next run of lines; null at the end as it was when the last piece was read.</summary>
    public async Task<IReadOnlyList<PlacedLine>?> NextAsync(CancellationToken cancellationToken)
    {
        if (_atEnd || await segments.ReadAsync(Position.Segment, Position.Offset, Piece, cancellationToken) is not { } read)
        {
            return null;
        }

        Blocks = read.Blocks;
        if (read.Bytes.IsEmpty)
        {
            return null;
        }

        // 1. A full piece may end inside a line, which is read with the next one; a shorter piece ends with the segment.
        var isFull = read.Bytes.Length >= Piece;
        var whole = isFull ? read.Bytes.Span.LastIndexOf((byte)'\n') + 1 : read.Bytes.Length;
        var lines = new List<PlacedLine>();
        BeforeFailure = lines;
        var offset = Position.Offset;
        var verifier = new LedgerVerifier(Position.Number, Position.Hash);
        foreach (var (line, length, hash) in verifier.TakeEach(whole == 0 ? read.Bytes : read.Bytes[..whole]))
        {
            if (lines is [.., { EndsSegment: true }])
            {
                throw LedgerChain.Broken($"line {line.Number} is after the end of segment {Position.Segment}");
            }

            lines.Add(new(line, Position.Segment, offset, length, hash));
            offset += length + 1;
        }

        // 2. After the last line of a closed segment read the next one.
        Position = lines[^1].After;
        _atEnd = !isFull && !lines[^1].EndsSegment;
        if (lines[^1].EndsSegment)
        {
            Blocks = 0;
        }

        return lines;
    }
}
