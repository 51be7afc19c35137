using Microsoft.Extensions.Time.Testing;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Ledgers;

/// <summary>A ledger of years is read once by a process, whatever breaks off, and however many readers there are.</summary>
public sealed class LedgerFoldTests
{
    private const int Lines = 200;

    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly Segments _segments = new();
    private readonly SegmentedLedger _ledger;

    public LedgerFoldTests() => _ledger = new(_segments, new() { BlocksPerSegment = 4 }, _clock);

    [Fact]
    public async Task A_reading_that_breaks_off_goes_on_where_it_was()
    {
        await WriteAsync();
        var seen = new List<long>();
        var fold = new LedgerFold<int>(new(_ledger), "lines", 0, (count, line) =>
        {
            seen.Add(line.Number);
            return count + 1;
        });
        _segments.FailsAt = 20;
        await Assert.ThrowsAsync<RetryLaterException>(() => fold.ReadAsync(default));
        Assert.NotEmpty(seen);

        (_segments.FailsAt, _segments.Earliest) = (int.MaxValue, int.MaxValue);
        var count = await fold.ReadAsync(default);
        Assert.Equal(seen.Distinct().Count(), count);
        Assert.Equal(Enumerable.Range(1, count).Select(n => (long)n), seen);
        Assert.Equal(20, _segments.Earliest);
    }

    [Fact]
    public async Task Whoever_reads_seldom_begins_near_where_it_ended_also_after_many_readings_by_others()
    {
        await WriteAsync();
        var seldom = new LedgerFold<int>(new(_ledger), "lines", 0, (count, _) => count + 1);
        var before = await seldom.ReadAsync(default);
        var often = new LedgerFold<int>(new(_ledger), "lines", 0, (count, _) => count + 1);
        for (var n = 0; n < 200; n++)
        {
            await _ledger.AppendAsync(new($"later-{n}", "kind", "about", new Dictionary<string, string>(StringComparer.Ordinal)), default);
            await often.ReadAsync(default);
        }

        var newest = await _segments.NewestAsync(default);
        _segments.Earliest = int.MaxValue;
        Assert.True(await seldom.ReadAsync(default) >= before + 200);
        Assert.InRange(_segments.Earliest, (newest / 2) - 5, newest);
    }

    [Fact]
    public async Task Whoever_asks_for_what_lies_behind_any_line_begins_at_the_nearest_end_before_it()
    {
        await WriteAsync();
        var fold = new LedgerFold<int>(new(_ledger), "lines", 0, (count, _) => count + 1);
        var end = await fold.ReadAsync(default);
        var newest = await _segments.NewestAsync(default);
        await WriteAsync("later");
        _segments.Earliest = int.MaxValue;
        Assert.Equal(end + 6, (await _ledger.ReadAsync(end + 5, default).FirstAsync()).Number);
        Assert.Equal(newest, _segments.Earliest);
    }

    private async Task WriteAsync(string prefix = "")
    {
        for (var n = 0; n < Lines; n++)
        {
            await _ledger.AppendAsync(
                new($"{prefix}{n}", "kind", "about", new Dictionary<string, string>(StringComparer.Ordinal)),
                default
            );
        }
    }

    /// <summary>Segments that tell which of them was read.</summary>
    private sealed class Segments : ILedgerSegments
    {
        private readonly MemorySegments _inner = new(new(), Fate.Immortal);

        /// <summary>The first segment that cannot be reached.</summary>
        public int FailsAt { get; set; } = int.MaxValue;

        /// <summary>The earliest that was read.</summary>
        public int Earliest { get; set; } = int.MaxValue;

        public Task<int> NewestAsync(CancellationToken cancellationToken) => _inner.NewestAsync(cancellationToken);

        public Task<bool> CreateAsync(int segment, CancellationToken cancellationToken) => _inner.CreateAsync(segment, cancellationToken);

        public Task<AppendOutcome> AppendAsync(
            int segment,
            ReadOnlyMemory<byte> block,
            long expectedLength,
            CancellationToken cancellationToken
        ) => _inner.AppendAsync(segment, block, expectedLength, cancellationToken);

        public Task<SegmentBytes?> ReadAsync(int segment, long offset, int atMost, CancellationToken cancellationToken)
        {
            Earliest = Math.Min(Earliest, segment);
            return segment < FailsAt
                ? _inner.ReadAsync(segment, offset, atMost, cancellationToken)
                : throw new RetryLaterException("Storage is away.");
        }
    }
}
