using Rekey.Azure.LogAnalytics;
using Rekey.Azure.Storage;
using Rekey.Azure.Tests.Support;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;

namespace Rekey.Azure.Tests.LogAnalytics;

/// <summary>The watermark where it lies: in the ledger, with hints in Tables.</summary>
[Collection(nameof(Azurite))]
public sealed class WatermarkTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_completes_and_how_often_the_highest_stays()
    {
        var clock = new TestClock();
        var options = new LogAnalyticsOptions { WorkspaceId = Guid.NewGuid().ToString() };
        var now = clock.GetUtcNow();
        SweepProgress Instance() => new(Records(clock), options, clock);
        Assert.Null(await Instance().FindAsync(Cancel));

        var began = await Task.WhenAll(Enumerable.Range(1, 5).Select(i => Instance().BeginAsync(now.AddDays(-i), Cancel)));
        Assert.Single(began.Distinct());
        await Task.WhenAll(
            Enumerable.Range(1, 8).Select(i => Instance().CompleteAsync(new(began[0], began[0], now.AddMinutes(-i)), Cancel))
        );

        Assert.Equal(now.AddMinutes(-1), await Instance().FindAsync(Cancel));
    }

    [Fact]
    public async Task A_window_that_is_never_completed_becomes_smaller_and_grows_back()
    {
        var clock = new TestClock();
        var options = new LogAnalyticsOptions { WorkspaceId = Guid.NewGuid().ToString() };
        SweepProgress Instance() => new(Records(clock), options, clock);
        var since = await Instance().BeginAsync(clock.GetUtcNow().AddDays(-5), Cancel);
        async Task<TimeSpan> LengthAsync() => (await Instance().NextAsync(since, Cancel))!.Until - since;

        Assert.Equal(options.MaxWindow, await LengthAsync());
        Assert.Equal(options.MaxWindow / 2, await LengthAsync());
        Assert.Equal(options.MaxWindow / 4, await LengthAsync());
        await Instance().CompleteAsync(new(since, since, since + (options.MaxWindow / 4)), Cancel);
        since += options.MaxWindow / 4;
        Assert.Equal(options.MaxWindow / 2, await LengthAsync());
        await Instance().CompleteAsync(new(since, since, since + (options.MaxWindow / 2)), Cancel);
        since += options.MaxWindow / 2;
        Assert.Equal(options.MaxWindow, await LengthAsync());

        // It never becomes nothing.
        for (var n = 0; n < 20; n++)
        {
            Assert.InRange(await LengthAsync(), TimeSpan.FromMinutes(1), options.MaxWindow);
        }
    }

    [Fact]
    public async Task A_row_that_says_more_than_the_ledger_skips_no_window()
    {
        var clock = new TestClock();
        var options = new LogAnalyticsOptions { WorkspaceId = Guid.NewGuid().ToString() };
        SweepProgress Instance() => new(Records(clock), options, clock);
        var since = await Instance().BeginAsync(clock.GetUtcNow().AddHours(-3), Cancel);
        var window = (await Instance().NextAsync(since, Cancel))!;

        // Everything is judged, in as many shares as nobody ever makes, and the next window is a minute.
        await Table(clock)
            .OverwriteAsync(
                new(options.WorkspaceId, clock.GetUtcNow())
                {
                    Shares = new(window.Until, 512, 511),
                    Again = 7,
                    Begun = int.MaxValue,
                    Tries = int.MinValue,
                    SharesBefore = int.MaxValue,
                },
                Cancel
            );
        Assert.Equal(since, await Instance().FindAsync(Cancel));
        var next = (await Instance().NextAsync(since, Cancel))!;
        Assert.Equal((since, 1), (next.Since, next.Shares));

        await Instance().CompleteAsync(next, Cancel);
        Assert.Equal(next.Until, await Instance().FindAsync(Cancel));

        // Nor does one that is gone, or that no release can read.
        await Table(clock).RemoveAsync((await Table(clock).FindAsync(SweepWatermark.Place, options.WorkspaceId, Cancel))!, Cancel);
        Assert.Equal(next.Until, await Instance().FindAsync(Cancel));
        Assert.Equal(next.Until, (await Instance().NextAsync(next.Until, Cancel))!.Since);
    }

    [Fact]
    public async Task Windows_in_which_nothing_arrived_are_one_line_an_hour()
    {
        var clock = new TestClock();
        var options = new LogAnalyticsOptions { WorkspaceId = Guid.NewGuid().ToString() };
        var progress = new SweepProgress(Records(clock), options, clock);
        await progress.BeginAsync(clock.GetUtcNow().AddHours(-1), Cancel);
        var ends = new List<DateTimeOffset>();
        var before = await LinesAsync(clock, options.WorkspaceId);
        for (var sweep = 0; sweep < 25 * 12; sweep++)
        {
            clock.Advance(TimeSpan.FromMinutes(5));
            while (await progress.NextAsync((await progress.FindAsync(Cancel))!.Value, Cancel) is { } window)
            {
                Assert.Equal(ends.LastOrDefault(window.Since), window.Since);
                await progress.CompleteAsync(window, Cancel, new(window.Id, 0, EarliestEvent: null, window.Until, 0));
                ends.Add(window.Until);
            }
        }

        Assert.True(ends.Count > 250);
        Assert.InRange(await LinesAsync(clock, options.WorkspaceId) - before, 20, 26);

        // Something is a line at once, and another process knows it.
        clock.Advance(TimeSpan.FromMinutes(5));
        var last = (await progress.NextAsync((await progress.FindAsync(Cancel))!.Value, Cancel))!;
        await progress.CompleteAsync(last, Cancel, new(last.Id, 1, EarliestEvent: null, last.Until, 0));
        Assert.Equal(last.Until, await new SweepProgress(Records(clock), options, clock).FindAsync(Cancel));
    }

    [Fact]
    public async Task What_was_lost_is_judged_again_and_the_window_that_is_under_way_does_not_count()
    {
        var clock = new TestClock();
        var options = new LogAnalyticsOptions { WorkspaceId = Guid.NewGuid().ToString() };
        var progress = new SweepProgress(Records(clock), options, clock);
        var since = await progress.BeginAsync(clock.GetUtcNow().AddHours(-10), Cancel);
        var first = (await progress.NextAsync(since, Cancel))!;
        await progress.CompleteAsync(first, Cancel);
        var under = (await progress.NextAsync(first.Until, Cancel))!;

        await progress.AgainAsync(first.Until + options.Overlap, Cancel);
        await progress.CompleteAsync(under, Cancel);
        Assert.Equal(first.Until, await progress.FindAsync(Cancel));

        await progress.AgainAsync(since.AddMinutes(7) + options.Overlap, Cancel);
        Assert.Equal(since.AddMinutes(7), await progress.FindAsync(Cancel));
        await progress.AgainAsync(DateTimeOffset.MinValue, Cancel);
        Assert.Equal(clock.GetUtcNow() - options.MaxLookBack, await progress.FindAsync(Cancel));

        // Whoever was at a window beyond comes too late.
        await new SweepProgress(Records(clock), options, clock).CompleteAsync(under, Cancel);
        Assert.Equal(clock.GetUtcNow() - options.MaxLookBack, await progress.FindAsync(Cancel));
    }

    private TableRecords<SweepWatermark> Table(TestClock clock) => new(azurite.Clients().Tables(), clock);

    private SegmentedLedger Ledger(TestClock clock) =>
        new(new BlobLedgerSegments(azurite.OtherClients().Blobs(), azurite.OtherClients().Blobs(retry: false), clock), new(), clock);

    /// <summary>Each a process of its own.</summary>
    private LedgerRecords<SweepWatermark> Records(TestClock clock)
    {
        var ledger = Ledger(clock);
        return new(ledger, new(ledger), Table(clock));
    }

    private async Task<int> LinesAsync(TestClock clock, string workspace) =>
        await Ledger(clock)
            .ReadAsync(0, Cancel)
            .CountAsync(l => l.Entry.Facts.GetValueOrDefault("record")?.EndsWith(workspace, StringComparison.Ordinal) is true, Cancel);
}
