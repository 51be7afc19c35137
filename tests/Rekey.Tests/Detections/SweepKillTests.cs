using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Sweeps;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Detections.Logs;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Detections;

/// <summary>A sweep is killed at its n-th outside call, for every n, just before and just after the world sees it. Another one goes
/// on.</summary>
public sealed class SweepKillTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sweep_ends_in_the_same_state_wherever_it_is_killed(bool afterTheCall)
    {
        var calls = int.MaxValue;
        for (var n = 1; n <= calls; n++)
        {
            var watch = await WorldAsync();
            var fate = new DiesAt(n, afterTheCall);
            try
            {
                await watch.SweepAsync(fate);
                calls = fate.Effects.Count;
            }
            catch (ProcessDiedException)
            {
                watch.Company.Clock.Advance(watch.Options.Lease);
                await watch.SweepAsync();
            }

            await OutcomeMustHoldAsync(watch, n <= fate.Effects.Count ? fate.Effects[n - 1] : "nothing");
        }

        Assert.True(calls > 40, $"Only {calls} calls: this proves little.");
    }

    [Fact]
    public async Task Whenever_every_table_is_deleted_the_same_is_blocked_and_ordered_in_the_end()
    {
        var calls = int.MaxValue;
        for (var n = 1; n <= calls; n++)
        {
            var watch = await WorldAsync();
            var fate = new Intrudes(n, watch.Watch.DeleteTables);
            if (await Record.ExceptionAsync(() => watch.SweepAsync(fate)) is { } e)
            {
                Assert.IsType<RetryLaterException>(e);
            }
            else if (fate.Effects.Count < n)
            {
                calls = n;
            }

            // What was lost is found by the next run, if not by this one, and read again.
            var at = n <= fate.Effects.Count ? $"{n} {fate.Effects[n - 1]}" : "nothing";
            for (var run = 0; run < 3; run++)
            {
                await Record.ExceptionAsync(() => watch.SweepAsync());
            }

            Assert.True((await watch.SweepAsync()).IsCaughtUp, at);
            Assert.True(watch.Logs.Judged == watch.Logs.Accessed.Count, at);
            Assert.Equal(watch.Forged.Order(), watch.Watch.Raised(Verdict.Unissued).Order());
            Assert.Equal(TokenStanding.Held, watch.Watch.TokensOf(Verdict.Unissued).Single(t => t.Token.Id == watch.Hidden.Id).Standing);
            Assert.Equal([watch.Altered.Id], watch.Watch.Raised(Verdict.Altered));
            Assert.All(watch.Watch.AllChunks.SelectMany(c => c.Tokens), t => Assert.Equal(1, Assert.Single(t.Uses).Accesses));
            Assert.True(watch.Watch.Blocks.ById.Count == 4, $"{at}: {watch.Watch.Blocks.ById.Count} blocks");
            Assert.Equal(4, watch.Watch.Blocks.Ever.DistinctBy(b => b.Id).Count(b => b.Value != watch.Early.SigningInputSha256));
            Assert.Null(watch.Watch.Finding(FindingKinds.TokensLost));
            Assert.Equal(
                ("4", "4"),
                (watch.Watch.Finding("tokens-unissued")!.Evidence["tokens"], watch.Watch.Finding("tokens-unissued")!.Evidence["blocked"])
            );
            Assert.NotNull(watch.Watch.Finding("tokens-altered"));
            // The question is in the ledger. Where its tokens were lost as well, it can be read again when the next one is asked.
            Assert.Contains(watch.Company.VerifiedLedger(), l =>
                l.Entry.Kind == LedgerKinds.DecisionAsked && l.Entry.Facts["kind"] == Rekey.Decisions.DecisionKinds.BlockTokens
            );

            await watch.Company.NewProcess().WorkAsync(TimeSpan.FromHours(5));
            Assert.Equal(2, watch.Company.Vault.VersionsOf(watch.Company.Key).Count);
            Assert.Equal(RotationState.Verified, watch.Company.Rotation.State);
        }

        Assert.True(calls > 40, $"Only {calls} calls: this proves little.");
    }

    [Theory]
    [InlineData("next")]
    [InlineData("detect unissued")]
    [InlineData("detect shared")]
    [InlineData("gaps")]
    [InlineData("complete")]
    public async Task A_log_that_gives_part_of_an_answer_holds_everything_back_until_it_gives_the_whole(string call)
    {
        var watch = await WorldAsync();
        watch.Logs.Fault = c => _ = c == call ? throw new RetryLaterException("Part of an answer.") : 0;
        await Assert.ThrowsAsync<RetryLaterException>(() => watch.SweepAsync());
        Assert.Equal(watch.Judged, watch.Logs.Judged);

        // Nobody waits for a lease: the run ended in good order.
        watch.Logs.Fault = _ => { };
        await watch.SweepAsync();
        await OutcomeMustHoldAsync(watch, call);
    }

    [Theory]
    [InlineData("again unissued")]
    [InlineData("again altered")]
    public async Task A_campaign_that_cannot_be_judged_again_does_not_stop_the_batches_and_is_told_at_the_end(string call)
    {
        var watch = await WorldAsync();
        watch.Logs.Fault = c => _ = c == call ? throw new CannotContinueException("logs-result-too-large", "Too much.", "See why.") : 0;
        await Assert.ThrowsAsync<CannotContinueException>(() => watch.SweepAsync());
        Assert.Equal(watch.Logs.Accessed.Count, watch.Logs.Judged);
        Assert.Subset(watch.Watch.Raised(Verdict.Unissued).ToHashSet(), watch.Forged.ToHashSet());
        Assert.NotNull(watch.Watch.Finding("tokens-unissued"));
        Assert.NotNull(watch.Company.RotationOf(watch.Company.Key));

        watch.Logs.Fault = _ => { };
        await watch.SweepAsync();
        await OutcomeMustHoldAsync(watch, call);
    }

    [Theory]
    [InlineData("change blocklist")]
    [InlineData("insert decision")]
    public async Task An_effect_that_fails_holds_back_neither_the_batch_nor_other_effects_and_is_made_good_by_the_next_run(string effect)
    {
        var watch = await WorldAsync();
        await Assert.ThrowsAsync<RetryLaterException>(() => watch.SweepAsync(new FailsAt(effect)));
        Assert.Equal(watch.Logs.Accessed.Count, watch.Logs.Judged);
        Assert.NotNull(watch.Watch.Finding("tokens-unissued"));
        Assert.NotNull(watch.Watch.Finding("tokens-altered"));

        await watch.SweepAsync();
        await OutcomeMustHoldAsync(watch, effect);
    }

    [Fact]
    public async Task A_finding_that_cannot_be_saved_holds_the_batch_back()
    {
        var watch = await WorldAsync();
        await Assert.ThrowsAsync<RetryLaterException>(() => watch.SweepAsync(new FailsAt("raise finding")));
        Assert.Equal(watch.Judged, watch.Logs.Judged);
        await watch.SweepAsync();
        await OutcomeMustHoldAsync(watch, "raise finding");
    }

    [Fact]
    public async Task What_a_gap_held_is_neither_raised_nor_blocked_while_the_log_cannot_be_asked_about_it()
    {
        var watch = await Watch.StartAsync();
        var start = watch.Now;
        foreach (var (minute, number) in new[] { (0, 1), (40, 3) })
        {
            watch.Issue(watch.Token(at: start.AddMinutes(minute)), "pod-a", number);
        }

        var honest = watch.Token(at: start.AddMinutes(25));
        watch.Use(honest);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(45));
        Assert.Equal(TokenStanding.Held, watch.TokensOf(Verdict.Unissued).Single().Standing);

        // Its issuance arrives and closes the gap; the log says so of the gap, and nothing of the token.
        watch.Issue(honest, "pod-a", 2);
        var forged = watch.Token();
        watch.Use(forged);
        watch.Logs.Fault = c => _ = c.StartsWith("again", StringComparison.Ordinal) ? throw new RetryLaterException("Out of time.") : 0;
        await Assert.ThrowsAsync<RetryLaterException>(() => watch.SweepAfterAsync(TimeSpan.FromMinutes(5)));
        Assert.Equal([forged.Id], watch.Raised(Verdict.Unissued));
        Assert.DoesNotContain(watch.Blocks.Ever, b => b.Value == honest.SigningInputSha256);

        watch.Logs.Fault = _ => { };
        await watch.SweepAsync();
        Assert.Equal(TokenStanding.Withdrawn, watch.TokensOf(Verdict.Unissued).Single(t => t.Token.Id == honest.Id).Standing);
    }

    [Fact]
    public async Task Two_instances_at_once_find_everything_once()
    {
        foreach (var seed in Enumerable.Range(1, 25))
        {
            var watch = await WorldAsync();
            await new Schedule(seed).RunAsync(2, async (_, fate) =>
            {
                try
                {
                    // Leases aside: each thinks that it is alone.
                    watch.States.Rows.Tamper(s => s with { LeaseUntil = null });
                    await watch.SweepAsync(fate);
                }
                catch (RetryLaterException)
                {
                    // The other one was faster; the timer comes again.
                }
            });
            watch.States.Rows.Tamper(s => s with { LeaseUntil = null });
            await watch.SweepAsync();
            await OutcomeMustHoldAsync(watch, $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_second_instance_leaves_the_work_to_the_first()
    {
        var watch = await WorldAsync();
        var sleeper = new SleepsAfter("detect unissued");
        var first = Task.Run(() => watch.SweepAsync(sleeper));
        await sleeper.Asleep;
        var before = watch.Logs.Calls.Count;
        Assert.Equal(0, (await watch.SweepAsync()).Batches);
        Assert.Equal(before, watch.Logs.Calls.Count);
        sleeper.Wake();
        Assert.True((await first).IsCaughtUp);
        await OutcomeMustHoldAsync(watch, "");
    }

    [Fact]
    public async Task One_that_slept_through_its_lease_adds_nothing_when_it_wakes()
    {
        foreach (var call in new[] { "detect unissued", "insert hashedrow", "raise finding", "change blocklist", "complete" })
        {
            var watch = await WorldAsync();
            var sleeper = new SleepsAfter(call);
            var zombie = Task.Run(() => watch.SweepAsync(sleeper));
            await sleeper.Asleep;
            watch.Company.Clock.Advance(watch.Options.Lease);
            await watch.SweepAsync();
            sleeper.Wake();
            await Record.ExceptionAsync(() => zombie);
            await watch.SweepAfterAsync(watch.Options.Lease);
            await OutcomeMustHoldAsync(watch, call);
        }
    }

    /// <summary>An earlier sweep has found one token whose issuance has come meanwhile; now there are forged ones, altered ones, a hole
    /// in the log, and a question.</summary>
    private static async Task<World> WorldAsync()
    {
        var watch = await Watch.StartAsync();
        var start = watch.Now;
        var early = watch.Token();
        watch.Use(early);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Single(watch.Blocks.ById);
        watch.Issue(early);
        foreach (var (minute, number) in new[] { (-30, 1), (-20, 4), (10, 5), (14, 6) })
        {
            watch.Issue(watch.Token(at: start.AddMinutes(minute)), "pod-a", number);
        }

        var forged = watch.Forge(4);
        var hidden = watch.Token(at: start.AddMinutes(-27));
        watch.Use(hidden);
        var altered = watch.Token();
        watch.Logs.Arrive(Watch.LineOf(altered) with { Hash = StableId.HexOf("other") });
        watch.Use(altered);
        watch.Company.Clock.Advance(TimeSpan.FromMinutes(6));
        return new(watch, early, [.. forged.Select(f => f.Id)], hidden, altered, watch.Logs.Judged);
    }

    private static async Task OutcomeMustHoldAsync(World world, string at)
    {
        var watch = world.Watch;
        Assert.True(watch.Logs.Judged == watch.Logs.Accessed.Count, at);
        Assert.Equal(world.Forged.Order(), watch.Raised(Verdict.Unissued).Order());
        Assert.Equal(TokenStanding.Held, watch.TokensOf(Verdict.Unissued).Single(t => t.Token.Id == world.Hidden.Id).Standing);
        Assert.Equal(TokenStanding.Withdrawn, watch.TokensOf(Verdict.Unissued).Single(t => t.Token.Id == world.Early.Id).Standing);
        Assert.Equal([world.Altered.Id], watch.Raised(Verdict.Altered));
        Assert.All(watch.AllChunks.SelectMany(c => c.Tokens), t => Assert.Equal(1, Assert.Single(t.Uses).Accesses));
        Assert.Equal(4, watch.Blocks.ById.Count);
        Assert.Equal(
            ["issuance-gap", "tokens-altered", "tokens-unissued", "tokens-withdrawn"],
            watch.Company.Findings.Open.Select(f => f.Kind).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ("4", "4"),
            (watch.Finding("tokens-unissued")!.Evidence["tokens"], watch.Finding("tokens-unissued")!.Evidence["blocked"])
        );
        Assert.Single(watch.Company.Decisions.All, d => d.Kind == Rekey.Decisions.DecisionKinds.BlockTokens);

        // The key is rotated once, and the questions that came before are settled by it.
        var process = watch.Company.NewProcess();
        await process.WorkAsync(TimeSpan.FromHours(5));
        Assert.Equal(2, watch.Company.Vault.VersionsOf(watch.Company.Key).Count);
        Assert.Equal(RotationState.Verified, watch.Company.Rotation.State);
        var ledger = watch.Company.VerifiedLedger();
        Assert.Equal(ledger.Count, ledger.DistinctBy(l => l.Entry.Id).Count());
    }

    private sealed record World(
        Watch Watch,
        PresentedToken Early,
        IReadOnlyList<string> Forged,
        PresentedToken Hidden,
        PresentedToken Altered,
        int Judged
    )
    {
        public TokenLogs Logs => Watch.Logs;

        public Company Company => Watch.Company;

        public SweepOptions Options => Watch.Options;

        public LedgerTable<SweepState> States => Watch.States;

        public Task<SweepReport> SweepAsync(Fate? fate = null) => Watch.SweepAsync(fate);

        public Task<SweepReport> SweepAfterAsync(TimeSpan time) => Watch.SweepAfterAsync(time);
    }
}
