namespace Rekey.Ledgers.Segments;

/// <summary>Remembers where readers of this process ended, so that the next one begins there and not at the first line.</summary>
internal sealed class ReadEnds(ILedgerSegments segments)
{
    // After more lines than this, searching is cheaper.
    private const long Near = 2_000;

    // Some hundred lines: many readers want a single one, or what is new.
    private const int FirstPiece = 256 * 1024;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, LedgerPosition> _ends = [];

    /// <summary>A reader that yields at least every line after that one.</summary>
    public async Task<SegmentReader> ReaderAfterAsync(long number, CancellationToken cancellationToken)
    {
        var known = KnownBefore(number);
        if (number - known.Number > Near)
        {
            var found = await LedgerPosition.ShortlyBeforeAsync(segments, number + 1, cancellationToken);
            if (found.Number > known.Number)
            {
                Remember(known = found);
            }
        }

        return new(segments, known, FirstPiece);
    }

    /// <summary>Lets the next reader begin where this one ended.</summary>
    public void Remember(SegmentReader reader) => Remember(reader.Position);

    private void Remember(LedgerPosition position)
    {
        lock (_lock)
        {
            _ends[position.Number] = position;
            if (_ends.Count > 64)
            {
                // Drop an end whose neighbours are closest: a rare reader still begins near where it ended.
                var numbers = _ends.Keys.ToList();
                _ends.Remove(numbers[Enumerable.Range(1, numbers.Count - 2).MinBy(i => numbers[i + 1] - numbers[i - 1])]);
            }
        }
    }

    private LedgerPosition KnownBefore(long number)
    {
        lock (_lock)
        {
            return _ends.Values.LastOrDefault(p => p.Number <= number) ?? LedgerPosition.Start;
        }
    }
}
