using Rekey.Core;

namespace Rekey.Ledgers.Segments;

/// <summary>
/// The end of the ledger as this process knows it. It may be outdated; an append there then fails in the store, and the tail is read again.
/// </summary>
internal sealed class LedgerTail(ILedgerSegments segments)
{
    /// <summary>The number of tries of an append until the caller must retry later.</summary>
    public const int Tries = 20;

    private static readonly IReadOnlyDictionary<string, string> NoFacts = new Dictionary<string, string>(StringComparer.Ordinal);

    private RecentIds _recent = new(0);
    private RecentIds _before = new(0);
    private LedgerPosition? _end;
    private bool _stale = true;

    public int Blocks { get; private set; }

    /// <summary>The length in bytes of the last segment.</summary>
    public long Bytes => _end!.Offset;

    public LedgerHead Head => new(_end!.Number, _end.Hash ?? throw LedgerChain.Broken($"segment {_end.Segment} is missing or empty"));

    /// <summary>True when this segment or the one before has an entry with this id.</summary>
    public bool Knows(string id) => (_recent.Find(id) ?? _before.Find(id)) is not null;

    /// <summary>Reads the line of an id that <see cref="Knows"/> confirmed.</summary>
    public async Task<LedgerLine> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var ids = _recent.Find(id) is null ? _before : _recent;
        var (offset, length) = ids.Find(id)!.Value;
        var read = await segments.ReadAsync(ids.Segment, offset, length, cancellationToken);
        var line = read?.Bytes.Length == length ? LedgerChain.Parse(read.Bytes.Span) : null;
        return string.Equals(line?.Entry.Id, id, StringComparison.Ordinal)
            ? line!
            : throw LedgerChain.Broken($"segment {ids.Segment} has another line at byte {offset} than it had");
    }

    /// <summary>Reads new lines.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        // Read the segment before the newest too: an entry repeated after a crash must find its first line.
        _end ??= await segments.NewestAsync(cancellationToken) is > 2 and var newest
            ? new(newest - 1, 0, 0, Hash: null)
            : LedgerPosition.Start;
        var reader = new SegmentReader(segments, _end);
        while (await reader.NextAsync(cancellationToken) is { } lines)
        {
            Learn(lines);
            (_end, Blocks) = (reader.Position, reader.Blocks);
        }

        _stale = false;
    }

    /// <summary>Updates the tail if needed, and creates the segment that it ends in.</summary>
    public async Task OpenAsync(Func<long, LedgerEntry, string, LedgerLine> newLine, CancellationToken cancellationToken)
    {
        for (var attempt = 1; _stale || _end!.Offset == 0; attempt++)
        {
            if (attempt > Tries)
            {
                throw new RetryLaterException($"The ledger's tail could not be opened in {Tries} tries.", TimeSpan.FromSeconds(1));
            }

            await CatchUpAsync(cancellationToken);
            if (_end!.Offset == 0)
            {
                // Whichever process creates it, the first line decides which one opened it.
                await segments.CreateAsync(_end.Segment, cancellationToken);
                Blocks = 0;
                var kind = _end.Segment == 1 ? LedgerKinds.LedgerOpened : LedgerKinds.SegmentOpened;
                await TryAppendAsync([Mark(kind, _end.Segment)], newLine, cancellationToken);
            }
        }
    }

    /// <summary>Closes the segment, so that no slow writer can add to it, and opens the next.</summary>
    public async Task RollAsync(Func<long, LedgerEntry, string, LedgerLine> newLine, CancellationToken cancellationToken)
    {
        await TryAppendAsync([Mark(LedgerKinds.SegmentClosed, _end!.Segment)], newLine, cancellationToken);
        _stale = true;
        await OpenAsync(newLine, cancellationToken);
    }

    /// <summary>
    /// Appends all entries in one block and returns their lines. Null when the end has moved or the outcome is unknown: the tail is then
    /// read before anything else.
    /// </summary>
    public async Task<IReadOnlyList<LedgerLine>?> TryAppendAsync(
        IReadOnlyList<LedgerEntry> entries,
        Func<long, LedgerEntry, string, LedgerLine> newLine,
        CancellationToken cancellationToken
    )
    {
        var (end, head) = (_end!, Head);
        var lines = new List<PlacedLine>(entries.Count);
        using var block = new MemoryStream();
        foreach (var entry in entries)
        {
            var line = newLine(head.Lines + 1, entry, head.Hash);
            var bytes = LedgerChain.Format(line);
            head = new(line.Number, LedgerChain.Hash(bytes));
            lines.Add(new(line, end.Segment, end.Offset + block.Length, bytes.Length, head.Hash));
            block.Write(bytes);
            block.WriteByte((byte)'\n');
        }

        _stale = true;
        try
        {
            if (await segments.AppendAsync(end.Segment, block.ToArray(), end.Offset, cancellationToken) is AppendOutcome.PositionTaken)
            {
                return null;
            }
        }
        catch (RetryLaterException)
        {
            // It may have been written nevertheless: the next round reads the tail first and looks for the ids.
            return null;
        }

        Learn(lines);
        Blocks++;
        _end = lines[^1].After;
        _stale = false;
        return [.. lines.Select(l => l.Line)];
    }

    private static LedgerEntry Mark(string kind, int segment) => new($"{kind}/{segment}", kind, $"segment/{segment}", NoFacts);

    private void Learn(IReadOnlyList<PlacedLine> lines)
    {
        foreach (var line in lines)
        {
            if (line.Segment != _recent.Segment)
            {
                (_before, _recent) = (_recent, new(line.Segment));
            }

            _recent.Learn(line);
        }
    }
}
