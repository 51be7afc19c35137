namespace Rekey.Ledgers.Segments;

/// <summary>Reads forward from a position in pieces, across segments, and checks the chain.</summary>
/// <param name="first">
/// The size of the first piece; the next ones are larger. A reader that wants a few lines need not read and check thousands.
/// </param>
internal sealed class SegmentReader(ISegmentSource segments, LedgerPosition from, int first = SegmentReader.Piece)
{
    /// <summary>The memory for one piece, whatever the size of a segment: 4 MiB.</summary>
    public const int Piece = 4 * 1024 * 1024;

    private int _piece = first;
    private bool _atEnd;

    public LedgerPosition Position { get; private set; } = from;

    /// <summary>Committed blocks of the segment that the position is in.</summary>
    public int Blocks { get; private set; }

    /// <summary>The good lines before the bad one, in the piece in which <see cref="NextAsync"/> failed.</summary>
    public IReadOnlyList<PlacedLine> BeforeFailure { get; private set; } = [];

    /// <summary>The next run of lines; null at the end as it was when the last piece was read.</summary>
    public async Task<IReadOnlyList<PlacedLine>?> NextAsync(CancellationToken cancellationToken)
    {
        // 1. A full piece may end inside a line, which is read with the next one; a shorter piece ends with the segment.
        if (_atEnd || await ReadAsync(cancellationToken) is not { Bytes: { IsEmpty: false } bytes })
        {
            return null;
        }

        var isFull = bytes.Length >= _piece;
        var whole = isFull ? bytes.Span.LastIndexOf((byte)'\n') + 1 : bytes.Length;
        _piece = Larger(_piece);
        var lines = new List<PlacedLine>();
        BeforeFailure = lines;
        var offset = Position.Offset;
        var verifier = new LedgerVerifier(Position.Number, Position.Hash);
        foreach (var (line, length, hash) in verifier.TakeEach(whole == 0 ? bytes : bytes[..whole]))
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

    /// <summary>The next piece, larger when the first has no whole line.</summary>
    private async Task<SegmentBytes?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await segments.ReadAsync(Position.Segment, Position.Offset, _piece, cancellationToken);
            Blocks = read?.Blocks ?? Blocks;
            if (read is null || read.Bytes.Length < _piece || _piece == Piece || read.Bytes.Span.Contains((byte)'\n'))
            {
                return read;
            }

            _piece = Larger(_piece);
        }
    }

    private static int Larger(int piece) => Math.Min(Piece, 4 * piece);
}
