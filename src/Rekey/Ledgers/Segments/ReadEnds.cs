namespace Rekey.Ledgers.Segments;

/// <summary>Where readers of this process ended, so that the next one begins there and not at the first line.</summary>
internal sealed class ReadEnds(ILedgerSegments segments)
{
    // Past so many lines it is cheaper to look for the segment.
    private const long Near = 10_000;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, LedgerPosition> _ends = [];

    /// <summary>A reader that yields at least everything behind that line.</summary>
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

    /// <summary>Lets the next reader go on where this one ended.</summary>
    public void Remember(SegmentReader reader)
    {
        lock (_lock)
        {
            _ends[reader.Position.Number] = reader.Position;
            if (_ends.Count > 64)
            {
                // Where two lie closest together one is enough: whoever reads seldom still begins near where it ended.
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
