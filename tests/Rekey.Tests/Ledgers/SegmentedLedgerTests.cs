using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Ledgers;

public sealed class SegmentedLedgerTests
{
    private readonly MemoryBlobs _blobs = new();
    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Lines_are_numbered_from_one_and_each_names_the_one_before()
    {
        var (ledger, _) = Open();
        var first = await ledger.AppendAsync(Entry("a"), default);
        var second = await ledger.AppendAsync(Entry("b"), default);

        Assert.Equal((2, 3), (first.Number, second.Number));
        Assert.Equal(LedgerChain.Hash(LedgerChain.Format(first)), second.Previous);
        var opened = (await ReadAsync(ledger))[0];
        Assert.Equal((LedgerKinds.LedgerOpened, LedgerChain.Origin), (opened.Entry.Kind, opened.Previous));
    }

    [Fact]
    public void A_line_reads_back_as_it_was_written()
    {
        var line = new LedgerLine(
            7,
            _clock.GetUtcNow(),
            new("id/ü\"\\\n", "kind", "about", new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "😀", ["a"] = "<>&+" }),
            LedgerChain.Origin
        );

        var bytes = LedgerChain.Format(line);

        Assert.DoesNotContain((byte)'\n', bytes);
        var read = LedgerChain.Parse(bytes);
        Assert.Equal(line with { Entry = read.Entry }, read);
        Assert.Equal(line.Entry.Facts.OrderBy(f => f.Key), read.Entry.Facts);
        Assert.Equal(bytes, LedgerChain.Format(read));
    }

    [Fact]
    public async Task An_entry_that_stands_there_is_not_written_again_and_the_first_line_is_the_answer()
    {
        var first = await Open().Ledger.AppendAsync(Entry("a", "first"), default);
        var again = await Open().Ledger.AppendAsync(Entry("a", "second"), default);

        Assert.Equal(first.Number, again.Number);
        Assert.Equal("first", again.Entry.Facts["fact"]);
        Assert.Single(await ReadAsync(Open().Ledger), l => l.Entry.Id == "a");
    }

    [Fact]
    public async Task An_entry_is_known_across_a_roll()
    {
        var (ledger, _) = Open(blocks: 3);
        for (var n = 0; n < 3; n++)
        {
            await ledger.AppendAsync(Entry($"{n}"), default);
        }

        Assert.Equal(2, _blobs.Segments.Count);
        Assert.Equal(3, (await ledger.AppendAsync(Entry("1"), default)).Number);
        Assert.Equal(3, (await Open(blocks: 3).Ledger.AppendAsync(Entry("1"), default)).Number);
    }

    [Fact]
    public async Task Segments_are_closed_and_the_next_goes_on_where_they_ended()
    {
        var (ledger, _) = Open(blocks: 4);
        for (var n = 0; n < 20; n++)
        {
            await ledger.AppendAsync(Entry($"{n}"), default);
        }

        Assert.All(_blobs.Segments, s => Assert.InRange(s.Blocks, 1, 5));
        var lines = Verify();
        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"{n}"), lines.Select(l => l.Entry.Id).Where(id => !id.Contains('/')));
        Assert.Equal(_blobs.Segments.Count - 1, lines.Count(l => l.Entry.Kind == LedgerKinds.SegmentClosed));
        Assert.Equal(_blobs.Segments.Count - 1, lines.Count(l => l.Entry.Kind == LedgerKinds.SegmentOpened));
    }

    [Fact]
    public async Task A_late_writer_cannot_add_to_a_closed_segment()
    {
        var (late, _) = Open(blocks: 3);
        await late.AppendAsync(Entry("early"), default);
        for (var n = 0; n < 6; n++)
        {
            await Open(blocks: 3).Ledger.AppendAsync(Entry($"{n}"), default);
        }

        var line = await late.AppendAsync(Entry("late"), default);

        var lines = Verify();
        Assert.Equal(line.Number, lines.Single(l => l.Entry.Id == "late").Number);
        Assert.Equal(LedgerKinds.SegmentClosed, LastOf(1));
        Assert.True(line.Number > lines.Last(l => l.Entry.Kind == LedgerKinds.SegmentClosed).Number);
    }

    [Theory]
    [InlineData(AppendTrouble.WrittenButReportedAsRetryLater)]
    [InlineData(AppendTrouble.NotWrittenAndReportedAsRetryLater)]
    public async Task An_append_of_unknown_outcome_is_written_once(AppendTrouble trouble)
    {
        for (var bad = 0; bad < 6; bad++)
        {
            _blobs.Segments.Clear();
            var (ledger, segments) = Open(blocks: 3);
            var append = 0;
            segments.Trouble = () => append++ == bad ? trouble : AppendTrouble.None;
            foreach (var id in new[] { "a", "b", "c", "d" })
            {
                await ledger.AppendAsync(Entry(id), default);
            }

            Assert.Equal(["a", "b", "c", "d"], Verify().Select(l => l.Entry.Id).Where(id => !id.Contains('/')));
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_is_an_error_and_the_next_try_finds_the_line()
    {
        var (ledger, segments) = Open();
        await ledger.AppendAsync(Entry("a"), default);
        segments.Trouble = () => AppendTrouble.WrittenAndThenBroken;
        await Assert.ThrowsAsync<IOException>(() => ledger.AppendAsync(Entry("b"), default));
        segments.Trouble = () => AppendTrouble.None;

        Assert.Equal(3, (await ledger.AppendAsync(Entry("b"), default)).Number);
        Assert.Equal(3, Verify().Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_store_that_takes_no_append_is_given_up_on(int afterAppends)
    {
        var (ledger, segments) = Open(blocks: 3);
        var appends = 0;
        segments.Trouble = () => appends++ < afterAppends ? AppendTrouble.None : AppendTrouble.NotWrittenAndReportedAsRetryLater;

        await Assert.ThrowsAsync<RetryLaterException>(async () =>
        {
            for (var n = 0; n < 10; n++)
            {
                await ledger.AppendAsync(Entry($"{n}"), default).WaitAsync(TimeSpan.FromSeconds(20));
            }
        });
        Assert.InRange(appends, 1, 200);
    }

    [Fact]
    public async Task What_waits_goes_out_together()
    {
        var (ledger, _) = Open();
        await ledger.AppendAsync(Entry("first"), default);
        var before = _blobs.Appends;

        var lines = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => Task.Run(() => ledger.AppendAsync(Entry($"{n}"), default))));

        Assert.Equal(50, lines.DistinctBy(l => l.Number).Count());
        Assert.InRange(_blobs.Appends - before, 1, 50);
        Assert.Equal(52, Verify().Count);
    }

    [Fact]
    public async Task A_reader_goes_on_behind_the_line_it_knows()
    {
        var (writer, _) = Open(blocks: 3);
        var (reader, _) = Open(blocks: 3);
        var seen = new List<LedgerLine>();
        for (var n = 0; n < 15; n++)
        {
            await writer.AppendAsync(Entry($"{n}"), default);
            seen.AddRange(await ReadAsync(reader, seen.Count));
            Assert.Empty(await ReadAsync(reader, seen.Count));
        }

        Assert.Equal(Verify().Select(l => l.Number), seen.Select(l => l.Number));
        Assert.Equal(Verify().Skip(4).Select(l => l.Number), (await ReadAsync(Open(blocks: 3).Ledger, 4)).Select(l => l.Number));
    }

    [Fact]
    public void Writers_that_interleave_agree_on_one_chain() =>
        Gen.Int[0, int.MaxValue]
            .Sample(
                seed =>
                {
                    _blobs.Segments.Clear();
                    var schedule = new Schedule(seed);
                    schedule.Run(3, async (n, fate) =>
                    {
                        var ledger = new SegmentedLedger(new MemorySegments(_blobs, fate), new() { BlocksPerSegment = 12 }, _clock);
                        for (var i = 0; i < 4; i++)
                        {
                            await ledger.AppendAsync(Entry($"{n}-{i}"), default);
                            await ledger.AppendAsync(Entry($"shared-{i}"), default);
                        }
                    });
                    var ids = Verify().Select(l => l.Entry.Id).Where(id => !id.Contains('/')).ToList();
                    Assert.Equal(16, ids.Count);
                    Assert.Equal(16, ids.Distinct().Count());
                },
                iter: 150,
                threads: 1
            );

    private static LedgerEntry Entry(string id, string fact = "x") =>
        new(id, "kind", "about", new Dictionary<string, string>(StringComparer.Ordinal) { ["fact"] = fact });

    private static async Task<IReadOnlyList<LedgerLine>> ReadAsync(SegmentedLedger ledger, long after = 0) =>
        await ledger.ReadAsync(after, default).ToListAsync();

    private (SegmentedLedger Ledger, MemorySegments Segments) Open(int blocks = 1000)
    {
        var segments = new MemorySegments(_blobs, Fate.Immortal);
        return (new(segments, new() { BlocksPerSegment = blocks }, _clock), segments);
    }

    private List<LedgerLine> Verify()
    {
        var verifier = new LedgerVerifier();
        return [.. _blobs.Segments.SelectMany(s => verifier.Take(s.Bytes.ToArray()))];
    }

    private string LastOf(int segment) =>
        new LedgerVerifier(0, hash: null).Take(_blobs.Segments[segment - 1].Bytes.ToArray())[^1].Entry.Kind;
}
