using Rekey.Ledgers.Segments;

namespace Rekey.Ledgers;

/// <summary>A position in the ledger: after which line, in which segment, at which byte.</summary>
/// <param name="Hash">Hash of the line before; null when unknown, at the start of the segment that is read first.</param>
internal sealed record LedgerPosition(int Segment, long Offset, long Number, string? Hash)
{
    // The first line of a segment is Rekey's own mark, of some 300 bytes.
    private const int FirstLine = 4096;

    // Most lines have some hundred bytes. Behind a longer one the search begins earlier.
    private const int Probe = 16 * 1024;

    // Some hundred lines: they are read in one request, and checked in a few milliseconds.
    private const int Near = 128 * 1024;

    public static readonly LedgerPosition Start = new(1, 0, 0, LedgerChain.Origin);

    /// <summary>
    /// The start of a segment; null when it does not exist or has no line yet. Its first line is trusted for what came before.
    /// </summary>
    public static async Task<LedgerPosition?> AtStartOfAsync(ISegmentSource segments, int segment, CancellationToken cancellationToken)
    {
        if (await segments.ReadAsync(segment, 0, FirstLine, cancellationToken) is not { Bytes.IsEmpty: false } read)
        {
            return null;
        }

        var end = read.Bytes.Span.IndexOf((byte)'\n');
        if (end < 0)
        {
            throw LedgerChain.Broken($"segment {segment} does not begin with a line of a segment's start");
        }

        var first = LedgerChain.Parse(read.Bytes.Span[..end]);
        return new(segment, 0, first.Number - 1, first.Previous);
    }

    /// <summary>The start of the segment that has or will have that line, found in few small reads.</summary>
    public static async Task<LedgerPosition> BeforeAsync(ISegmentSource segments, long number, CancellationToken cancellationToken)
    {
        var (found, from, to) = (Start, 2, await segments.NewestAsync(cancellationToken));

        // Most are near the end: step back from it, each time twice as far.
        for (var step = 1; from <= to; step *= 2)
        {
            var near = Math.Max(from, to - step + 1);
            if (await AtStartOfAsync(segments, near, cancellationToken) is { } start && start.Number < number)
            {
                (found, from) = (start, near + 1);
                break;
            }

            to = near - 1;
        }

        while (from <= to)
        {
            var middle = from + ((to - from) / 2);
            if (await AtStartOfAsync(segments, middle, cancellationToken) is { } start && start.Number < number)
            {
                (found, from) = (start, middle + 1);
            }
            else
            {
                to = middle - 1;
            }
        }

        return found;
    }

    /// <summary>
    /// A position shortly before that line, found in few small reads. The line after it is trusted for what came before.
    /// </summary>
    public static async Task<LedgerPosition> ShortlyBeforeAsync(ISegmentSource segments, long number, CancellationToken cancellationToken)
    {
        var found = await BeforeAsync(segments, number, cancellationToken);
        var (from, to) = (found.Offset, (await segments.ReadAsync(found.Segment, found.Offset, 1, cancellationToken))?.Length ?? 0);
        while (to - from > Near)
        {
            var middle = from + ((to - from) / 2);
            if (await AfterAsync(segments, found.Segment, middle, cancellationToken) is { } line && line.Number < number)
            {
                (found, from) = (line, line.Offset);
            }
            else
            {
                to = middle;
            }
        }

        return found;
    }

    /// <summary>The position before the first line that begins after that byte; null when none is near.</summary>
    private static async Task<LedgerPosition?> AfterAsync(
        ISegmentSource segments,
        int segment,
        long offset,
        CancellationToken cancellationToken
    )
    {
        if (await segments.ReadAsync(segment, offset, Probe, cancellationToken) is not { } read)
        {
            return null;
        }

        var begin = read.Bytes.Span.IndexOf((byte)'\n') + 1;
        var length = read.Bytes.Span[begin..].IndexOf((byte)'\n');
        if (begin == 0 || length < 0)
        {
            return null;
        }

        var line = LedgerChain.Parse(read.Bytes.Span.Slice(begin, length));
        return new(segment, offset + begin, line.Number - 1, line.Previous);
    }
}
