using CsCheck;
using Rekey.Azure.LogAnalytics;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Azure.Tests.LogAnalytics.Queries;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Tests.Support;
using static Rekey.Azure.Tests.LogAnalytics.LogAnalyticsTokenLogTests;
using static Rekey.Azure.Tests.LogAnalytics.Workspace;

namespace Rekey.Azure.Tests.LogAnalytics.Client;

/// <summary>Queries that run out of time: windows become smaller, and the smallest is judged in shares of its tokens, each completed
/// before the watermark moves.</summary>
public sealed class TimeOutTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static Reply TimedOut => Reply.Error(504, "GatewayTimeout");

    private static async Task<Workspace> StartAsync(int tokens, TimeSpan behind)
    {
        var workspace = await Workspace.StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow() - workspace.Options.SettleTime - behind);
        var rows = Enumerable.Range(0, tokens).Select(i => Row($"j-{i}")).ToArray();
        workspace.OnDetect = query => Tokens([.. rows.Where(Share.Of(query).Holds)]);
        return workspace;
    }

    /// <summary>Every query of fewer shares than that runs out of time.</summary>
    private static void TakeTooLong(Workspace workspace, int unlessShares)
    {
        var answer = workspace.OnDetect;
        workspace.OnDetect = query => Share.Of(query).Tokens < unlessShares ? TimedOut : answer(query);
    }

    /// <summary>A sweep of a process of its own, over one batch.</summary>
    private static async Task<(SweepBatch? Batch, List<Sighting> Found)> SweepAsync(Workspace workspace, bool diesBeforeItCompletes = false)
    {
        var log = workspace.Log();
        var batch = await log.NextAsync(Cancel);
        if (batch is null)
        {
            return (null, []);
        }

        try
        {
            var found = await AllAsync(log.DetectAsync(Detection("unissued"), batch, DetectionQueries.Parameters, Cancel));
            if (!diesBeforeItCompletes)
            {
                await log.CompleteAsync(batch, Cancel);
            }

            return (batch, found);
        }
        catch (RetryLaterException)
        {
            return (batch, []);
        }
    }

    [Fact]
    public async Task A_long_window_is_made_shorter_and_not_shared_out()
    {
        await using var workspace = await StartAsync(10, TimeSpan.FromHours(6));
        TakeTooLong(workspace, unlessShares: 8);

        await SweepAsync(workspace);

        var next = ArrivalWindow.Parse((await workspace.Log().NextAsync(Cancel))!.Id);
        Assert.Equal((TimeSpan.FromHours(3), 1), (next.Until - next.Since, next.Shares));
        Assert.Null(workspace.Watermarks.Stored!.Value.Shares);
    }

    [Theory]
    [InlineData(8, 9)]
    [InlineData(64, 66)]
    public async Task The_smallest_window_is_judged_share_by_share_and_then_the_watermark_moves(int shares, int sweeps)
    {
        await using var workspace = await StartAsync(200, TimeSpan.FromMinutes(10));
        var start = workspace.Watermarks.Stored!.Value.ArrivedUntil;
        TakeTooLong(workspace, shares);
        var found = new List<Sighting>();
        var told = 0L;

        for (var i = 0; i < sweeps; i++)
        {
            Assert.Equal(start, workspace.Watermarks.Stored!.Value.ArrivedUntil);
            var (batch, some) = await SweepAsync(workspace);
            // What arrives meanwhile is none of this window's.
            workspace.Clock.Advance(TimeSpan.FromMinutes(1));
            found.AddRange(some);
            told += i < sweeps - shares ? 0 : batch!.Accesses!.Value;
        }

        Assert.Equal(start.AddMinutes(10), workspace.Watermarks.Stored!.Value.ArrivedUntil);
        Assert.Null(workspace.Watermarks.Stored.Value.Shares);
        Assert.Equal(
            Enumerable.Range(0, 200).Select(i => $"j-{i}").Order(StringComparer.Ordinal),
            found.Select(s => s.Token.Jti).Order(StringComparer.Ordinal)
        );
        Assert.Equal(3, told);
    }

    [Fact]
    public async Task What_the_smallest_shares_cannot_do_holds_the_watermark_and_goes_on_being_tried()
    {
        await using var workspace = await StartAsync(10, TimeSpan.FromMinutes(10));
        TakeTooLong(workspace, unlessShares: 1000);

        for (var i = 0; i < 6; i++)
        {
            await SweepAsync(workspace);
        }

        Assert.Equal(
            new WindowShares(workspace.Clock.GetUtcNow() - workspace.Options.SettleTime, 512, 0),
            workspace.Watermarks.Stored!.Value.Shares
        );
    }

    [Fact]
    public async Task Behind_a_window_that_took_shares_come_others_of_the_same_length_in_as_many()
    {
        await using var workspace = await StartAsync(10, TimeSpan.FromHours(5));
        TakeTooLong(workspace, unlessShares: 8);
        var took = new List<(TimeSpan Length, int Begun, int Sweeps)>();
        while (took.Count < 3)
        {
            var (start, sweeps) = (workspace.Watermarks.Stored!.Value.ArrivedUntil, 0);
            while (workspace.Watermarks.Stored.Value.ArrivedUntil == start)
            {
                await SweepAsync(workspace);
                sweeps++;
            }

            took.Add((workspace.Watermarks.Stored.Value.ArrivedUntil - start, workspace.Watermarks.Stored.Value.Begun, sweeps));
        }

        Assert.True(took[0].Sweeps > 8);
        Assert.Equal([(took[0].Length, took[0].Begun, 8), (took[0].Length, took[0].Begun, 8)], took[1..]);
        var next = ArrivalWindow.Parse((await workspace.Log().NextAsync(Cancel))!.Id);
        Assert.Equal((took[0].Length, 8), (next.Until - next.Since, next.Shares));
    }

    [Fact]
    public async Task What_took_shares_is_tried_in_fewer_when_it_has_long_gone_well_and_grows_back()
    {
        await using var workspace = await StartAsync(10, TimeSpan.FromDays(3));
        var answer = workspace.OnDetect;
        TakeTooLong(workspace, unlessShares: 64);
        while (workspace.Watermarks.Stored!.Value.Shares?.Of is not 64)
        {
            await SweepAsync(workspace);
        }

        // The service was slow and is no longer.
        workspace.OnDetect = answer;
        var sizes = new List<int>();
        while (workspace.Watermarks.Stored.Value.Begun > 0)
        {
            var (batch, _) = await SweepAsync(workspace);
            var window = ArrivalWindow.Parse(batch!.Id);
            if (window.Share == window.Shares - 1)
            {
                sizes.Add(window.Shares);
            }

            Assert.True(sizes.Count < 50);
        }

        Assert.Equal([64, 8, 1], sizes.Distinct());
    }

    /// <summary>The handler's deadline cancels before the service gives up, and a killed process tells nobody anything.</summary>
    [Fact]
    public async Task What_is_begun_again_and_again_and_never_completed_ends_in_shares()
    {
        var (clock, watermarks, options) = (new TestClock(), new MemoryWatermarks(), new LogAnalyticsOptions { WorkspaceId = Id });
        var start = clock.GetUtcNow() - options.SettleTime - TimeSpan.FromHours(5);
        watermarks.Set(start);
        var begun = new List<ArrivalWindow>();
        for (var i = 0; i < 30; i++)
        {
            begun.Add((await new SweepProgress(watermarks, options, clock).NextAsync(start, Cancel))!);
        }

        // Halved while that helps; then in ever more shares, each tried twice.
        Assert.All(begun.Zip(begun.Skip(1)), pair =>
            Assert.True(pair.Second.Until <= pair.First.Until && pair.Second.Shares >= pair.First.Shares)
        );
        Assert.Equal([1, 8, 64, 512], begun.Select(w => w.Shares).Distinct());
        Assert.Equal([2, 2], ((int[])[8, 64]).Select(shares => begun.Count(w => w.Shares == shares)));
        Assert.InRange(begun[^1].Until - start, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task Gaps_are_looked_for_once_a_window()
    {
        await using var workspace = await StartAsync(10, TimeSpan.FromMinutes(10));
        TakeTooLong(workspace, unlessShares: 8);
        var first = (await SweepAsync(workspace)).Batch!;
        var share = (await SweepAsync(workspace)).Batch!;
        var later = (await SweepAsync(workspace)).Batch!;

        Assert.Equal([1, 8, 8], ((SweepBatch[])[first, share, later]).Select(b => ArrivalWindow.Parse(b.Id).Shares));
        Assert.Equal([false, false, true], ((SweepBatch[])[first, share, later]).Select(b => b.IsLaterShare));

        // Its bad lines are those of the window, in however many shares it comes.
        Assert.Equal(first.Id, share.CountedAs);
        Assert.Equal(first.CountedAs, later.CountedAs);
    }

    [Fact]
    public async Task Gaps_that_time_out_share_out_nothing_since_an_instance_is_seen_whole()
    {
        await using var workspace = await StartAsync(10, TimeSpan.FromMinutes(10));
        var batch = (await workspace.Log().NextAsync(Cancel))!;
        workspace.OnDetect = _ => TimedOut;

        await Assert.ThrowsAsync<RetryLaterException>(() =>
            AllAsync(
                workspace.Log().FindGapsAsync(Detection("issuance-gap", DetectionRows.Gaps), batch, DetectionQueries.Parameters, Cancel)
            )
        );

        Assert.Null(workspace.Watermarks.Stored!.Value.Shares);
    }

    [Fact]
    public async Task A_quiet_detection_that_times_out_shares_out_nothing()
    {
        await using var workspace = await StartAsync(10, TimeSpan.FromMinutes(10));
        var batch = (await workspace.Log().NextAsync(Cancel))!;
        workspace.OnDetect = _ => TimedOut;

        var quiet = Detection("unissued") with { IsLive = false };
        await Assert.ThrowsAsync<RetryLaterException>(() =>
            AllAsync(workspace.Log().DetectAsync(quiet, batch, DetectionQueries.Parameters, Cancel))
        );

        Assert.Null(workspace.Watermarks.Stored!.Value.Shares);
    }

    [Fact]
    public async Task In_a_share_gaps_are_looked_for_in_whole_logs()
    {
        await using var workspace = await StartAsync(10, TimeSpan.FromMinutes(10));
        TakeTooLong(workspace, unlessShares: 8);
        await SweepAsync(workspace);
        var batch = (await workspace.Log().NextAsync(Cancel))!;
        workspace.OnDetect = query => Share.Of(query).Tokens == 1 ? Table(["Iss:string"]) : TimedOut;

        Assert.Equal(8, ArrivalWindow.Parse(batch.Id).Shares);
        Assert.Empty(
            await AllAsync(
                workspace.Log().FindGapsAsync(Detection("issuance-gap", DetectionRows.Gaps), batch, DetectionQueries.Parameters, Cancel)
            )
        );
    }

    [Fact]
    public async Task Whoever_comes_late_with_a_share_completes_none_that_was_not_judged()
    {
        await using var workspace = await StartAsync(10, TimeSpan.FromMinutes(10));
        TakeTooLong(workspace, unlessShares: 8);
        await SweepAsync(workspace);
        var first = (await workspace.Log().NextAsync(Cancel))!;
        await workspace.Log().CompleteAsync(first, Cancel);
        await workspace.Log().CompleteAsync(first, Cancel);
        Assert.Equal(1, workspace.Watermarks.Stored!.Value.Shares!.Next);

        // The second share is split, and then somebody completes it whole: that is one whose parts come again, and nothing is left out.
        var second = (await workspace.Log().NextAsync(Cancel))!;
        workspace.OnDetect = _ => TimedOut;
        await SweepAsync(workspace);
        await workspace.Log().CompleteAsync(second, Cancel);
        Assert.Equal((64, 8), (workspace.Watermarks.Stored.Value.Shares!.Of, workspace.Watermarks.Stored.Value.Shares.Next));
    }

    /// <summary>Any tokens may be slow at any time, and any process may die before it has completed: all of them come out, and what was
    /// completed does not come again.</summary>
    [Fact]
    public Task Whatever_times_out_and_whoever_dies_nothing_is_lost() =>
        Gen.Select(Gen.Int[0, 2].Array[24], Gen.Bool.Array[50], Gen.Int[0, 5].Array[50])
            .SampleAsync(
                async (depths, dies, slow) =>
                {
                    var (clock, watermarks, options) = (
                        new TestClock(),
                        new MemoryWatermarks(),
                        new LogAnalyticsOptions { WorkspaceId = Id }
                    );
                    var start = clock.GetUtcNow() - options.SettleTime - TimeSpan.FromMinutes(10);
                    watermarks.Set(start);
                    var rows = Enumerable.Range(0, 24).Select(i => Row($"j-{i}")).ToArray();
                    var completed = new List<string>();

                    for (var sweep = 0; watermarks.Stored!.Value.ArrivedUntil == start; sweep++)
                    {
                        Assert.True(sweep < 2000);
                        // Each a process of its own, and what arrives meanwhile is none of this window's.
                        clock.Advance(TimeSpan.FromMinutes(1));
                        var progress = new SweepProgress(watermarks, options, clock);
                        var window = (await progress.NextAsync(start, Cancel))!;
                        var partition = KqlPartition.OfTokensAt(window.Share, window.Shares);
                        var share = new Share(partition.Tokens, partition.Token, 1, 0);
                        Assert.Equal(share.Tokens, window.Shares);

                        // A token is slow until its share is small enough; now and then the whole service is.
                        if (
                            (sweep < slow.Length && slow[sweep] == 0)
                            || rows.Where((row, i) => share.Holds(row) && share.Tokens < 1 << (depths[i] * 3)).Any()
                        )
                        {
                            await progress.TimedOutAsync(window, Cancel);
                        }
                        else if (sweep >= dies.Length || !dies[sweep])
                        {
                            completed.AddRange(rows.Where(share.Holds).Select(row => (string)row[2]!));
                            await progress.CompleteAsync(window, Cancel);
                        }
                    }

                    Assert.Equal(
                        rows.Select(row => (string)row[2]!).Order(StringComparer.Ordinal),
                        completed.Order(StringComparer.Ordinal)
                    );
                },
                iter: Runs.Of(30),
                threads: 1
            );
}
