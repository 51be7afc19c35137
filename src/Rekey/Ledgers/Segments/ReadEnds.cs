namespace Rekey.Ledgers.Segments;

/// <summary>Remembers where readers of this process ended, so that the next one begins there and not at the first line.</summary>
internal sealed class ReadEnds(ILedgerSegments segments)
{
    // After more lines than this, searching for the segment is cheaper.
    private const long Near = 10_000;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, LedgerPosition> _ends = [];

    /// <summary>A reader that yields at least every line after that one.</summary>
    public async Task<SegmentReader> ReaderAfterAsync(long number, CancellationToken cancellationToken)
    {
        var known = KnownBefore(number);
        if (number - known.Number <= Near)
        {
            return new(segments, known);
        }

        var found = await LedgerPosition.BeforeAsync(segments, number + 1, cancellationToken);
        return new(segments, found.Number > known.Number ? found : known);
    }

    /// <summary>Lets the next reader begin where this one ended.</summary>
    public void Remember(SegmentReader reader)
    {
        lock (_lock)
        {
            _ends[reader.Position.Number] = reader.Position;
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
