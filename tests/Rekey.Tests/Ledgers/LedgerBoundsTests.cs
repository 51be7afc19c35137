using Microsoft.Extensions.Time.Testing;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Ledgers;

/// <summary>However long the ledger is, a process holds little of it and asks for little of it.</summary>
public sealed class LedgerBoundsTests
{
    private const int Piece = 4 * 1024 * 1024;

    private readonly MemoryBlobs _blobs = new();
    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_segment_ends_by_its_bytes_too()
    {
        var (ledger, _) = Open(new() { BytesPerSegment = 5_000 });
        for (var n = 0; n < 20; n++)
        {
            await ledger.AppendAsync(Entry($"{n}", 1_000), default);
        }

        Assert.InRange(_blobs.Segments.Count, 4, 7);
        Assert.All(_blobs.Segments, s => Assert.InRange(s.Bytes.Count, 1, 7_000));
        Assert.Equal(20, Verify().Count(l => l.Entry.Kind == "kind"));
    }

    [Fact]
    public async Task A_long_segment_is_read_in_pieces_and_no_line_is_lost_at_a_cut()
    {
        var (ledger, _) = Open(new() { BytesPerSegment = 64 * 1024 * 1024 });
        for (var n = 0; n < 90; n++)
        {
            await ledger.AppendAsync(Entry($"{n}", 100_000 + (n * 1_000)), default);
        }

        var (reader, segments) = Open();
        var read = await reader.ReadAsync(0, default).ToListAsync();
        Assert.Single(_blobs.Segments);
        Assert.Equal(Verify().Select(l => l.Entry.Id), read.Select(l => l.Entry.Id));
        Assert.True(segments.Reads.Count > 2);
        Assert.All(segments.Reads, r => Assert.InRange(r.AtMost, 1, Piece));
    }

    /// <summary>A piece that ends exactly with a line, or one byte before or behind its end.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_piece_may_end_anywhere(int more)
    {
        var (ledger, _) = Open();
        while (_blobs.Segments.Count == 0 || _blobs.Segments[0].Bytes.Count < Piece - 300_000)
        {
            await ledger.AppendAsync(Entry($"{_blobs.Appends}", 100_000), default);
        }

        // Two lines fill it up.
        await ledger.AppendAsync(Entry("small", 10), default);
        var before = _blobs.Segments[0].Bytes.Count;
        await ledger.AppendAsync(Entry("last", 10), default);
        var bare = _blobs.Segments[0].Bytes.Count - before - 10;
        _blobs.Segments[0].Bytes.RemoveRange(before, _blobs.Segments[0].Bytes.Count - before);
        var missing = Piece + more - before;
        (ledger, _) = Open();
        await ledger.AppendAsync(Entry("half", (missing / 2) - bare), default);
        await ledger.AppendAsync(Entry("last", Piece + more - _blobs.Segments[0].Bytes.Count - bare), default);
        Assert.Equal(Piece + more, _blobs.Segments[0].Bytes.Count);

        (ledger, _) = Open();
        await ledger.AppendAsync(Entry("next", 10), default);
        Assert.Equal(Verify().Select(l => l.Number), (await Open().Ledger.ReadAsync(0, default).ToListAsync()).Select(l => l.Number));
    }

    [Fact]
    public async Task An_entry_that_is_too_long_is_refused_and_what_waits_beside_it_is_not()
    {
        var (ledger, _) = Open();
        var others = Enumerable.Range(0, 5).Select(n => Task.Run(() => ledger.AppendAsync(Entry($"{n}", 10), default)));
        var refused = Assert.ThrowsAsync<ArgumentException>(() => ledger.AppendAsync(Entry("long", LedgerChain.MaxLine), default));
        await Task.WhenAll(others);

        Assert.Contains("long", (await refused).Message, StringComparison.Ordinal);
        Assert.Equal(6, Verify().Count);
    }

    [Fact]
    public async Task The_longest_entry_that_is_taken_is_read_back()
    {
        var room = LedgerChain.MaxLine - LedgerChain.LongestLineOf(Entry("long", 0));
        await Open().Ledger.AppendAsync(Entry("long", room), default);
        await Assert.ThrowsAsync<ArgumentException>(() => Open().Ledger.AppendAsync(Entry("long", room + 1), default));
        Assert.Equal(room, (await Open().Ledger.AppendAsync(Entry("long", 1), default)).Entry.Facts["fact"].Length);
        Assert.Equal(2, (await Open().Ledger.ReadAsync(0, default).ToListAsync()).Count);
    }

    /// <summary>A line of a foreign hand: whoever reads must not need memory for whatever it is.</summary>
    [Theory]
    [InlineData(LedgerChain.MaxLine + 1000)]
    [InlineData(Piece + 1000)]
    public async Task A_line_that_is_too_long_is_no_line(int length)
    {
        var (ledger, segments) = Open();
        var last = await ledger.AppendAsync(Entry("a", 10), default);
        var hash = LedgerChain.Hash(LedgerChain.Format(last));
        var planted = LedgerChain.Format(new(last.Number + 1, _clock.GetUtcNow(), Entry("planted", length), hash));
        _blobs.Segments[0].Bytes.AddRange([.. planted, (byte)'\n']);

        await AssertBrokenAsync(() => ReadAllAsync(Open().Ledger));
        await AssertBrokenAsync(() => ledger.AppendAsync(Entry("b", 10), default));

        Assert.All(segments.Reads, r => Assert.InRange(r.AtMost, 1, Piece));
    }

    [Fact]
    public async Task Many_long_entries_that_wait_go_out_in_blocks_that_a_request_can_carry()
    {
        var (ledger, segments) = Open();
        using var isUnderWay = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        segments.Trouble = () =>
        {
            isUnderWay.Set();
            mayGoOn.Wait(TimeSpan.FromSeconds(30));
            return AppendTrouble.None;
        };
        var first = Task.Run(() => ledger.AppendAsync(Entry("first", 10), default));
        Assert.True(isUnderWay.Wait(TimeSpan.FromSeconds(30)));
        var others = Enumerable.Range(0, 40).Select(n => ledger.AppendAsync(Entry($"{n}", 200_000), default)).ToList();
        mayGoOn.Set();
        await Task.WhenAll([first, .. others]);

        Assert.Equal(42, Verify().Count);
        Assert.InRange(_blobs.Appends, 3, 6);
        Assert.All(_blobs.Blocks, b => Assert.InRange(b, 1, Piece));
    }

    [Fact]
    public async Task The_line_of_a_repeated_entry_is_read_back_and_not_kept()
    {
        var (ledger, segments) = Open(new() { BlocksPerSegment = 5 });
        for (var n = 0; n < 6; n++)
        {
            await ledger.AppendAsync(Entry($"{n}", 1_000), default);
        }

        Assert.Equal(2, _blobs.Segments.Count);
        segments.Reads.Clear();
        var line = await ledger.AppendAsync(Entry("2", 10), default);
        Assert.Equal((4, 1_000), (line.Number, line.Entry.Facts["fact"].Length));
        Assert.Equal([(1, LedgerChain.Format(line).Length)], segments.Reads.Select(r => (r.Segment, r.AtMost)));

        // Somebody has written over it.
        var id = System.Text.Encoding.UTF8.GetString(LedgerChain.Format(line)).IndexOf("\"id\":\"2\"", StringComparison.Ordinal) + 6;
        _blobs.Segments[0].Bytes[(int)segments.Reads.Single().Offset + id] ^= 1;
        await AssertBrokenAsync(() => ledger.AppendAsync(Entry("2", 10), default));
    }

    [Fact]
    public async Task While_nothing_is_new_reading_is_one_request()
    {
        await Open().Ledger.AppendAsync(Entry("a", 10), default);
        var (ledger, segments) = Open();
        var head = await ledger.HeadAsync(default);
        Assert.Equal(2, (await ledger.ReadAsync(0, default).ToListAsync()).Count);

        segments.Reads.Clear();
        Assert.Empty(await ledger.ReadAsync(2, default).ToListAsync());
        Assert.Single(segments.Reads);
        Assert.Equal(head, await ledger.HeadAsync(default));
        Assert.Equal(2, segments.Reads.Count);
    }

    [Fact]
    public async Task The_head_is_the_last_line_wherever_it_stands()
    {
        var (ledger, _) = Open(new() { BlocksPerSegment = 3 });
        Assert.Equal(LedgerHead.Empty, await ledger.HeadAsync(default));
        for (var n = 0; n < 12; n++)
        {
            await ledger.AppendAsync(Entry($"{n}", 10), default);
            var last = Verify()[^1];
            Assert.Equal(new(last.Number, LedgerChain.Hash(LedgerChain.Format(last))), await ledger.HeadAsync(default));
            Assert.Equal(await ledger.HeadAsync(default), await Open().Ledger.HeadAsync(default));
        }

        Assert.True(_blobs.Segments.Count > 3);
    }

    [Fact]
    public async Task A_ledger_that_is_cut_under_a_process_is_broken()
    {
        var (ledger, _) = Open();
        await ledger.AppendAsync(Entry("a", 10), default);
        var length = _blobs.Segments[0].Bytes.Count;
        await ledger.AppendAsync(Entry("b", 10), default);
        await ledger.ReadAsync(0, default).ToListAsync();
        _blobs.Segments[0].Bytes.RemoveRange(length, _blobs.Segments[0].Bytes.Count - length);

        await AssertBrokenAsync(() => ledger.HeadAsync(default));
        await AssertBrokenAsync(() => ReadAllAsync(ledger, after: 3));
    }

    [Fact]
    public async Task A_line_behind_the_end_of_a_segment_is_no_line()
    {
        var (ledger, _) = Open(new() { BlocksPerSegment = 3 });
        for (var n = 0; n < 4; n++)
        {
            await ledger.AppendAsync(Entry($"{n}", 10), default);
        }

        var closed = new LedgerVerifier().Take(_blobs.Segments[0].Bytes.ToArray())[^1];
        Assert.Equal(LedgerKinds.SegmentClosed, closed.Entry.Kind);
        var hash = LedgerChain.Hash(LedgerChain.Format(closed));
        var behind = LedgerChain.Format(new(closed.Number + 1, _clock.GetUtcNow(), Entry("behind", 10), hash));
        _blobs.Segments[0].Bytes.AddRange([.. behind, (byte)'\n']);
        await AssertBrokenAsync(() => ReadAllAsync(Open().Ledger));
    }

    /// <summary>A fresh process that knows where it stands reads a part of one segment, not all of them.</summary>
    [Theory]
    [InlineData(100_000)]
    [InlineData(1_200_000)]
    [InlineData(16_000_000)]
    public async Task What_lies_behind_a_far_line_is_found_in_few_reads(int bytes)
    {
        var (ledger, _) = Open(new() { BytesPerSegment = bytes });
        for (var block = 0; block < 30; block++)
        {
            await Task.WhenAll(Enumerable.Range(0, 500).Select(n => ledger.AppendAsync(Entry($"{block}-{n}", 10), default)));
        }

        var lines = Verify();
        Assert.Equal(bytes < 1_000_000, _blobs.Segments.Count > 20);
        foreach (var after in new[] { 10_001, 12_345, 14_990, lines.Count - 1, lines.Count })
        {
            var (reader, segments) = Open();
            Assert.Equal(lines.Skip(after).Select(l => l.Number), (await ReadAllAsync(reader, after)).Select(l => l.Number));
            var left = segments.Reads.Skip(1).SkipWhile(r => r.AtMost < 256 * 1024).ToList();
            Assert.InRange(segments.Reads.Count - left.Count, 2, 12);
            Assert.Equal(_blobs.Segments.Count, segments.Reads.Max(r => r.Segment));
            Assert.True(left.Count <= 4 + ((lines.Count - after) * _blobs.Segments.Count / lines.Count), $"{left.Count} reads");
        }
    }

    /// <summary>The line behind which a snapshot or a signed list stands: it is looked for again and again.</summary>
    [Theory]
    [InlineData(30)]
    [InlineData(9_000)]
    [InlineData(14_800)]
    public async Task A_single_line_is_read_with_little_around_it(int number)
    {
        var (ledger, _) = Open(new() { BytesPerSegment = 3_000_000 });
        for (var block = 0; block < 30; block++)
        {
            await Task.WhenAll(Enumerable.Range(0, 500).Select(n => ledger.AppendAsync(Entry($"{block}-{n}", 10), default)));
        }

        var (reader, segments) = Open();
        Assert.Equal(Verify()[number - 1].Entry.Id, (await ((ILedger)reader).FindAsync(number, default))!.Entry.Id);
        Assert.InRange(segments.Reads.Sum(r => r.AtMost), 1, 512 * 1024);

        // What follows it is read from there on.
        segments.Reads.Clear();
        Assert.Equal(number + 1, (await reader.ReadAsync(number, default).FirstAsync()).Number);
        Assert.Single(segments.Reads);
    }

    /// <summary>A search that lands in a line longer than it reads begins before that line.</summary>
    [Fact]
    public async Task A_line_among_long_ones_is_found()
    {
        var (ledger, _) = Open(new() { BytesPerSegment = 64 * 1024 * 1024 });
        await Task.WhenAll(Enumerable.Range(0, 3_000).Select(n => ledger.AppendAsync(Entry($"{n}", n % 100 == 0 ? 300_000 : 10), default)));

        foreach (var line in Verify().Where(l => l.Number > 2_000 && l.Number % 37 == 0))
        {
            Assert.Equal(line.Entry.Id, (await ((ILedger)Open().Ledger).FindAsync(line.Number, default))!.Entry.Id);
        }
    }

    private static async Task<IReadOnlyList<LedgerLine>> ReadAllAsync(SegmentedLedger ledger, long after = 0) =>
        await ledger.ReadAsync(after, default).ToListAsync();

    private static async Task AssertBrokenAsync(Func<Task> use) =>
        Assert.Equal("ledger-broken", (await Assert.ThrowsAsync<CannotContinueException>(use)).Reason);

    private static LedgerEntry Entry(string id, int length) =>
        new(id, "kind", "about", new Dictionary<string, string>(StringComparer.Ordinal) { ["fact"] = new('x', length) });

    private (SegmentedLedger Ledger, MemorySegments Segments) Open(LedgerOptions? options = null)
    {
        var segments = new MemorySegments(_blobs, Fate.Immortal);
        return (new(segments, options ?? new(), _clock), segments);
    }

    private List<LedgerLine> Verify()
    {
        var verifier = new LedgerVerifier();
        return [.. _blobs.Segments.SelectMany(s => verifier.Take(s.Bytes.ToArray()))];
    }
}
