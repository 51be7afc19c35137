namespace Rekey.Ledgers;

/// <summary>
/// The end of the ledger as this process knows it. It may be behind; an append at a stale end fails in the store, and the tail is read again.
/// </summary>
internal sealed class LedgerTail(ILedgerSegments segments)
{
    /// <summary>How often an append is tried before the caller is told to come again.</summary>
    public const int Tries = 20;

    private static readonly IReadOnlyDictionary<string, string> NoFacts = new Dictionary<string, string>(StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, LedgerPosition> _readEnds = [];
    private Dictionary<string, LedgerLine> _recent = new(StringComparer.Ordinal);
    private Dictionary<string, LedgerLine> _before = new(StringComparer.Ordinal);
    private LedgerPosition? _end;
    private bool _stale = true;

    public int Blocks { get; private set; }

    /// <summary>The line with this id, if it stands in this segment or the one before.</summary>
    public LedgerLine? Find(string id) => _recent.GetValueOrDefault(id) ?? _before.GetValueOrDefault(id);

    /// <summary>Brings the tail up to date if it is not, and makes the segment that it ends in.</summary>
    public async Task OpenAsync(Func<long, LedgerEntry, string, LedgerLine> newLine, CancellationToken cancel)
    {
        for (var attempt = 1; _stale; attempt++)
        {
            if (attempt > Tries)
            {
                throw new RetryLaterException($"The ledger's tail could not be opened in {Tries} tries.", TimeSpan.FromSeconds(1));
            }

            // The segment before the newest is read too: an entry repeated after a crash must still find its first.
            _end ??= await segments.NewestAsync(cancel) is > 2 and var newest ? new(newest - 1, 0, 0, Hash: null) : LedgerPosition.Start;
            var reader = new SegmentReader(segments, _end);
            while (await reader.NextAsync(cancel) is { } lines)
            {
                Learn(lines);
            }

            (_end, Blocks) = (reader.Position, reader.Blocks);
            _stale = false;
            if (_end.Offset == 0)
            {
                // Ours or another process's: whoever creates it first, the first line decides who opened it.
                await segments.CreateAsync(_end.Segment, cancel);
                Blocks = 0;
                var kind = _end.Segment == 1 ? LedgerKinds.LedgerOpened : LedgerKinds.SegmentOpened;
                await TryAppendAsync([Mark(kind, _end.Segment)], newLine, cancel);
            }
        }
    }

    /// <summary>Closes the segment, so that no late writer can add to it, and opens the next.</summary>
    public async Task RollAsync(Func<long, LedgerEntry, string, LedgerLine> newLine, CancellationToken cancel)
    {
        await TryAppendAsync([Mark(LedgerKinds.SegmentClosed, _end!.Segment)], newLine, cancel);
        _stale = true;
        await OpenAsync(newLine, cancel);
    }

    /// <summary>Appends all in one block. False when the end was elsewhere, or when nobody can say what happened: the tail is then read before anything else.</summary>
    public async Task<bool> TryAppendAsync(IReadOnlyList<LedgerEntry> entries, Func<long, LedgerEntry, string, LedgerLine> newLine, CancellationToken cancel)
    {
        var end = _end!;
        var (number, hash) = (end.Number, end.Hash!);
        var lines = new List<LedgerLine>(entries.Count);
        using var block = new MemoryStream();
        foreach (var entry in entries)
        {
            var line = newLine(++number, entry, hash);
            var bytes = LedgerChain.Format(line);
            hash = LedgerChain.Hash(bytes);
            block.Write(bytes);
            block.WriteByte((byte)'\n');
            lines.Add(line);
        }

        _stale = true;
        try
        {
            if (await segments.AppendAsync(end.Segment, block.ToArray(), end.Offset, cancel) is AppendOutcome.PositionTaken)
            {
                return false;
            }
        }
        catch (RetryLaterException)
        {
            // It may have been written all the same: the next round reads the tail first and finds the ids, or not.
            return false;
        }

        Learn(lines);
        Blocks++;
        _end = string.Equals(lines[^1].Entry.Kind, LedgerKinds.SegmentClosed, StringComparison.Ordinal)
            ? new(end.Segment + 1, 0, number, hash)
            : new(end.Segment, end.Offset + block.Length, number, hash);
        _stale = false;
        return true;
    }

    /// <summary>A reader that yields at least everything behind that line.</summary>
    public SegmentReader ReaderAfter(long number)
    {
        lock (_lock)
        {
            return new(segments, _readEnds.Values.LastOrDefault(p => p.Number <= number) ?? LedgerPosition.Start);
        }
    }

    /// <summary>Lets the next reader go on where this one ended.</summary>
    public void Remember(SegmentReader reader)
    {
        lock (_lock)
        {
            _readEnds[reader.Position.Number] = reader.Position;
            if (_readEnds.Count > 64)
            {
                // Where two lie closest together one is enough: whoever reads seldom still begins near where it ended.
                var numbers = _readEnds.Keys.ToList();
                _readEnds.Remove(numbers[Enumerable.Range(1, numbers.Count - 2).MinBy(i => numbers[i + 1] - numbers[i - 1])]);
            }
        }
    }

    private static LedgerEntry Mark(string kind, int segment) => new($"{kind}/{segment}", kind, $"segment/{segment}", NoFacts);

    private void Learn(IReadOnlyList<LedgerLine> lines)
    {
        foreach (var line in lines)
        {
            if (string.Equals(line.Entry.Kind, LedgerKinds.SegmentOpened, StringComparison.Ordinal))
            {
                (_before, _recent) = (_recent, new(StringComparer.Ordinal));
            }

            _recent.TryAdd(line.Entry.Id, line);
        }
    }
}
