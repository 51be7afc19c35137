using System.Text.Json;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Detections.Logs;

namespace Rekey.Tests.Detections;

/// <summary>
/// Somebody who can write to the tables of the state account, and knows how every row is written: they block no token, order no rotation,
/// and hide nothing (the review's attacks on sweeps, by their numbers there).
/// </summary>
public sealed class IntrudedSweepTests
{
    private static readonly DateTimeOffset FarFuture = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A9, S9.</summary>
    [Fact]
    public async Task Planted_tokens_are_neither_blocked_nor_proof()
    {
        var watch = await Watch.StartAsync();
        var honest = watch.Token();
        watch.Issue(honest);
        watch.Use(honest);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        PlantedCampaign.Plant(watch, honest, new TokenCampaign("https://login.example", watch.Kid, Verdict.Unissued, "unissued"));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));

        Assert.Empty(watch.Blocks.Ever);
        Assert.Null(watch.Company.RotationOf(watch.Company.Key));
        Assert.Empty(watch.Company.Findings.ById);
    }

    /// <summary>A9, where there is such a campaign and one forged token in it.</summary>
    [Theory]
    [InlineData(Harm.PlantedBeside)]
    [InlineData(Harm.Altered)]
    [InlineData(Harm.Deleted)]
    [InlineData(Harm.Spoilt)]
    [InlineData(Harm.Older)]
    public async Task What_somebody_does_to_the_rows_of_a_campaign_adds_nothing_and_takes_nothing_away(Harm harm)
    {
        var watch = await Watch.StartAsync();
        var honest = watch.Token();
        watch.Issue(honest);
        watch.Use(honest);
        var forged = watch.Forge(1).Single();
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        var (campaign, before) = (watch.Campaigns.All.Single(), watch.Chunks.Rows.All.Single());
        var second = SameShare(watch, forged);
        watch.Use(second);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        var row = watch.Chunks.Rows.All.Single();
        Assert.NotEqual(before.Row, row.Row);

        if (harm is Harm.PlantedBeside)
        {
            PlantedCampaign.Plant(watch, honest, campaign);
        }
        else
        {
            var altered = PlantedCampaign.Packed(watch.AllChunks.Single() with { Tokens = [PlantedCampaign.Raised(watch, honest)] });
            watch.Chunks.Rows.Tamper(r =>
                harm switch
                {
                    Harm.Altered => r with { Content = altered },
                    Harm.Spoilt => r with { Content = null! },
                    _ => null,
                }
            );
            if (harm is Harm.Older)
            {
                watch.Chunks.Rows.Forge(before.Partition, before.Row, before);
            }

            // Reported, and then read again.
            Assert.Contains(
                "deleted or altered",
                (await Assert.ThrowsAsync<RetryLaterException>(() => watch.SweepAfterAsync(TimeSpan.FromMinutes(5)))).Message,
                StringComparison.Ordinal
            );
            Assert.Contains(watch.Company.Findings.ById.Values, f => f.Kind == FindingKinds.TokensLost);
            Assert.NotNull(watch.Finding("tokens-unissued"));
        }

        Assert.True((await watch.SweepAsync()).IsCaughtUp);
        Assert.Equal(new[] { forged.Id, second.Id }.Order(), watch.Raised(Verdict.Unissued).Order());
        Assert.Equal(
            new[] { forged.SigningInputSha256, second.SigningInputSha256 }.Order(),
            watch.Blocks.ById.Values.Select(b => b.Value).Order()
        );
        Assert.DoesNotContain(watch.Blocks.Ever, b => b.Value == honest.SigningInputSha256);
        Assert.DoesNotContain(watch.Company.Rotation.Waiting, w => w.Cause.StartsWith("forgery/", StringComparison.Ordinal));
        Assert.Equal("2", watch.Finding("tokens-unissued")!.Evidence["tokens"]);
        Assert.Null(watch.Finding(FindingKinds.TokensLost));

        // Nobody hears of it again, and nothing more is written.
        var lines = watch.Company.VerifiedLedger().Count;
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(lines, watch.Company.VerifiedLedger().Count);
        Assert.Equal(
            harm is Harm.PlantedBeside ? 0 : 1,
            watch.Company.Findings.Announced.Count(id => watch.Company.Findings.ById[id].Kind == FindingKinds.TokensLost)
        );
    }

    /// <summary>A9: what the logs no longer hold is not found again, and nothing follows from it.</summary>
    [Fact]
    public async Task What_is_lost_and_no_log_shows_any_more_is_no_proof()
    {
        var watch = await Watch.StartAsync();
        watch.Forge(2);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        watch.Chunks.Rows.Clear();
        watch.Logs.Accessed.Clear();
        watch.Logs.ArrivedAt.Clear();
        watch.Logs.Judged = 0;
        watch.Forge(1);
        await Assert.ThrowsAsync<RetryLaterException>(() => watch.SweepAfterAsync(TimeSpan.FromMinutes(15)));
        await watch.SweepAsync();
        Assert.Single(watch.Raised(Verdict.Unissued));
        Assert.DoesNotContain(watch.Company.Rotation.Waiting, w => w.Cause.StartsWith("forgery/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_finding_whose_tokens_are_lost_stays_open_until_the_logs_were_read_again()
    {
        var watch = await Watch.StartAsync();
        var forged = watch.Forge(2).Select(t => t.Id).Order().ToList();
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        watch.Chunks.Rows.Clear();
        watch.Logs.Fault = c => _ = c == "detect unissued" ? throw new RetryLaterException("Away.") : 0;
        for (var n = 0; n < 3; n++)
        {
            await Assert.ThrowsAsync<RetryLaterException>(() => watch.SweepAfterAsync(TimeSpan.FromMinutes(5)));
            Assert.Empty(watch.Raised(Verdict.Unissued));
            Assert.NotNull(watch.Finding("tokens-unissued"));
            Assert.NotNull(watch.Finding(FindingKinds.TokensLost));
            Assert.True(watch.Campaigns.All.Single().IsActive);
        }

        watch.Logs.Fault = _ => { };
        await watch.SweepAsync();
        Assert.Equal(forged, watch.Raised(Verdict.Unissued).Order());
        Assert.Equal(2, watch.Company.Findings.Announced.Count);
    }

    [Fact]
    public async Task An_honest_token_whose_row_is_lost_before_its_issuance_comes_is_taken_back_all_the_same()
    {
        var watch = await Watch.StartAsync();
        var late = watch.Token();
        watch.Use(late);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Single(watch.Blocks.ById);
        watch.Issue(late);
        watch.Chunks.Rows.Clear();
        await Record.ExceptionAsync(() => watch.SweepAfterAsync(TimeSpan.FromMinutes(5)));
        await watch.SweepAsync();
        Assert.Empty(watch.Blocks.ById);
        Assert.Null(watch.Finding("tokens-unissued"));
    }

    /// <summary>A10, S10.</summary>
    [Fact]
    public async Task A_row_that_says_the_far_future_stops_no_sweep()
    {
        var watch = await Watch.StartAsync();
        await watch.SweepAsync();
        var forged = watch.Forge(1).Single();
        watch.Company.Clock.Advance(TimeSpan.FromMinutes(15));
        watch.States.Rows.Forge(
            SweepState.Name,
            "state",
            new()
            {
                LeaseOwner = "me",
                LeaseUntil = FarFuture,
                ProgressAt = FarFuture,
                CaughtUpAt = FarFuture,
            }
        );
        Assert.True((await watch.SweepAsync()).IsCaughtUp);
        Assert.Equal([forged.Id], watch.Raised(Verdict.Unissued));
        Assert.Equal(watch.Now, watch.States.All.Single().ProgressAt);
    }

    /// <summary>A10, S10: what the watchdog asks is in the ledger.</summary>
    [Fact]
    public async Task No_row_hides_that_sweeps_have_stopped_and_none_says_so_while_they_run()
    {
        var watch = await Watch.StartAsync();
        watch.Company.RegularRuns.Add(
            new(
                RunLedger.Sweeps,
                watch.Options.OverdueAfter,
                "The sweep of token logs is overdue: Rekey does not see forged tokens.",
                "SweepTokens"
            )
        );
        await watch.SweepAsync();
        watch.States.Rows.Forge(SweepState.Name, "state", new() { ProgressAt = watch.Now - TimeSpan.FromDays(9) });
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        await watch.Company.NewProcess().Watchdog.RunAsync(default);
        Assert.Empty(watch.Company.Findings.ById);

        watch.Logs.Fault = c => _ = c == "next" ? throw new RetryLaterException("Away.") : 0;
        var since = watch.Now;
        while (!await IsOverdueAsync())
        {
            Assert.True(watch.Now - since <= watch.Options.OverdueAfter, "It was not reported.");
            watch.States.Rows.Tamper(s =>
                s with
                {
                    LeaseUntil = null,
                    ProgressAt = watch.Now.AddMinutes(5),
                    CaughtUpAt = watch.Now.AddMinutes(5),
                }
            );
            await Record.ExceptionAsync(() => watch.SweepAfterAsync(TimeSpan.FromMinutes(5)));
        }

        // However long somebody holds the lease.
        watch.Logs.Fault = _ => { };
        await watch.SweepAsync();
        Assert.False(await IsOverdueAsync());
        for (var n = 0; n < 30; n++)
        {
            watch.Company.Clock.Advance(TimeSpan.FromMinutes(5));
            watch.States.Rows.Tamper(s => s with { LeaseOwner = "me", LeaseUntil = watch.Now + watch.Options.Lease });
            await watch.SweepAsync();
        }

        Assert.True(await IsOverdueAsync());

        async Task<bool> IsOverdueAsync()
        {
            await watch.Company.NewProcess().Watchdog.RunAsync(default);
            return watch.Company.Findings.Open.Any(f => f is { Kind: FindingKinds.RunOverdue, About: RunLedger.Sweeps });
        }
    }

    [Fact]
    public async Task No_row_says_how_many_lines_could_not_be_read()
    {
        var watch = await Watch.StartAsync();
        watch.Logs.BadLines = 2;
        watch.Use(watch.Token());
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        watch.States.Rows.Tamper(s => s with { BadLines = 1_000_000, CountedBatch = null });
        watch.Use(watch.Token());
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal("4", watch.Finding(FindingKinds.LogLinesUnreadable)!.Evidence["lines"]);
    }

    /// <summary>A10, S12: both rows.</summary>
    [Theory]
    [InlineData(GapEnd.Closed, null)]
    [InlineData(GapEnd.Over, null)]
    [InlineData(GapEnd.Retired, null)]
    [InlineData(null, null)]
    [InlineData(null, "*")]
    public async Task A_gap_that_no_line_tells_of_hides_nothing(GapEnd? end, string? instance)
    {
        var watch = await Watch.StartAsync();
        var planted = new InstanceGaps("https://login.example", instance ?? "pod-x")
        {
            Gaps =
            [
                new(watch.Now.AddYears(-5), end is null ? null : watch.Now.AddYears(5), Missing: null, watch.Now.AddYears(-5))
                {
                    End = end,
                    EndedAt = end is null ? null : watch.Now,
                },
            ],
        };
        watch.Gaps.Rows.Forge(InstanceGaps.All, planted.Row, planted);
        var forged = watch.Forge(6);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(forged.Select(f => f.Id).Order(), watch.Raised(Verdict.Unissued).Order());
        Assert.Equal(6, watch.Blocks.ById.Count);
        Assert.Contains(watch.Company.Rotation.Waiting, w => w.Cause == $"forgery/{watch.Kid}" && w.DecisionId is null);
    }

    [Fact]
    public async Task A_gap_that_was_found_goes_on_hiding_when_its_row_is_deleted()
    {
        var watch = await Watch.StartAsync();
        var start = watch.Now;
        foreach (var (minute, number) in new[] { (0, 1), (40, 3) })
        {
            watch.Issue(watch.Token(at: start.AddMinutes(minute)), "pod-a", number);
        }

        watch.Use(watch.Token(at: start.AddMinutes(25)));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(45));
        watch.Gaps.Rows.Clear();
        watch.Use(watch.Token(at: start.AddMinutes(26)));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal([TokenStanding.Held, TokenStanding.Held], watch.TokensOf(Verdict.Unissued).Select(t => t.Standing));
    }

    [Fact]
    public async Task A_day_of_sweeps_is_a_line_an_hour_at_most_idle_or_with_honest_tokens()
    {
        var watch = await Watch.StartAsync();
        await watch.SweepAsync();
        foreach (var isBusy in new[] { false, true })
        {
            var lines = watch.Company.VerifiedLedger().Count;
            for (var sweep = 0; sweep < 24 * 12; sweep++)
            {
                if (isBusy)
                {
                    var token = watch.Token();
                    watch.Issue(token, "pod-a", sweep);
                    watch.Use(token);
                }

                await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
            }

            Assert.InRange(watch.Company.VerifiedLedger().Count - lines, 20, 24);
        }

        Assert.Empty(watch.Company.Findings.ById);
    }

    [Fact]
    public async Task A_campaign_is_lines_while_something_changes_and_none_after()
    {
        var watch = await Watch.StartAsync(o => o.Rotations.Mode = ResponseMode.Observe);
        var before = watch.Company.VerifiedLedger();
        watch.Forge(2_000);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        var made = watch.Company.VerifiedLedger().Skip(before.Count).ToList();

        // Four changes a share: found, raised, to be blocked, blocked.
        Assert.InRange(made.Count(l => l.Entry.Kind == "recordhash-changed"), TokenChunk.Count, 4 * TokenChunk.Count);
        Assert.InRange(made.Count, TokenChunk.Count, (4 * TokenChunk.Count) + 10);
        Assert.All(made, l => Assert.InRange(JsonSerializer.Serialize(l).Length, 0, 1_000));
        var lines = watch.Company.VerifiedLedger().Count;
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(lines, watch.Company.VerifiedLedger().Count);

        // No row is left that nothing names, even if somebody put it there.
        PlantedCampaign.Plant(watch, watch.Token(), watch.Campaigns.All.Single());
        await watch.SweepAfterAsync(TimeSpan.FromDays(9));
        Assert.False(watch.Campaigns.All.Single().IsActive);
        Assert.Equal(TokenChunk.Count, watch.Chunks.Rows.All.Count);
    }

    /// <summary>A token that is kept in the same row.</summary>
    private static PresentedToken SameShare(Watch watch, PresentedToken other)
    {
        var token = watch.Token();
        while (TokenChunk.NumberOf(token.Id) != TokenChunk.NumberOf(other.Id))
        {
            token = watch.Token();
        }

        return token;
    }

    public enum Harm
    {
        PlantedBeside,
        Altered,
        Deleted,
        Spoilt,
        Older,
    }
}
