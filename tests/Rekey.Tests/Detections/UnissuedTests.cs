using Rekey.Blocking;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Findings;
using Rekey.Tests.Detections.Logs;

namespace Rekey.Tests.Detections;

/// <summary>Tokens that nobody issued: found, gathered, blocked, and taken back when their issuance arrives late.</summary>
public sealed class UnissuedTests
{
    [Fact]
    public async Task Ten_thousand_tokens_of_one_campaign_are_one_finding_with_exact_numbers()
    {
        var watch = await Watch.StartAsync(o => o.Rotations.Mode = ResponseMode.Observe);
        watch.Forge(10_000);
        watch.Logs.BatchSize = 4_000;
        watch.Logs.Overlap = 1_000;
        watch.Company.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.True((await watch.SweepAsync()).IsCaughtUp);

        var finding = Assert.Single(watch.Company.Findings.ById.Values);
        Assert.Equal("tokens-unissued", finding.Kind);
        foreach (
            var (name, value) in new[]
            {
                ("tokens", "10000"),
                ("accesses", "10000"),
                ("subjects", "10000"),
                ("addresses", "10000"),
                ("networks", "40"),
                ("numbersAre", "exact"),
                ("blocked", "1000"),
            }
        )
        {
            Assert.Equal(value, finding.Evidence[name]);
        }

        Assert.Equal(TokenChunk.Count, watch.AllChunks.Count);

        // Past the bound of one kid the key is what must go.
        Assert.Equal(watch.Company.Options.Blocking.MaxEntriesPerKid, watch.Blocks.ById.Count);
    }

    [Fact]
    public async Task Nothing_that_belongs_to_a_person_leaves_the_table()
    {
        var watch = await Watch.StartAsync();
        watch.Use(watch.Token("alice@contoso.example"), "198.51.100.77");
        watch.Use(watch.Token("bob", iss: "https://made-up.example", kid: "made-up-kid", verified: null), "198.51.100.78");
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));

        var told = string.Join(
            '\n',
            watch
                .Company.Findings.ById.Values.SelectMany(f => f.Evidence.Values.Append(f.Title).Append(f.About).Append(f.Remedy))
                .Concat(watch.Company.VerifiedLedger().SelectMany(l => l.Entry.Facts.Values.Append(l.Entry.Id).Append(l.Entry.About)))
                .Concat(watch.Company.Decisions.All.Select(d => d.Statement))
        );
        Assert.Equal(2, watch.Company.Findings.ById.Count);
        foreach (var personal in new[] { "alice", "bob", "198.51", "jti-", "made-up" })
        {
            Assert.DoesNotContain(personal, told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_whose_issuance_arrives_late_is_withdrawn_unblocked_and_its_finding_closed()
    {
        var watch = await Watch.StartAsync();
        var token = watch.Token();
        watch.Use(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal((BlockKind.SigningInput, token.SigningInputSha256), watch.Blocks.ById.Values.Select(b => (b.Kind, b.Value)).Single());

        watch.Issue(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(watch.Blocks.ById);
        Assert.Null(watch.Finding("tokens-unissued"));
        Assert.NotNull(watch.Company.Findings.ById.Values.Single(f => f.Kind == "tokens-unissued").ClosedBecause);
        Assert.Equal("1", watch.Finding("tokens-withdrawn")!.Evidence["withdrawn"]);
    }

    [Fact]
    public async Task A_token_whose_issuance_says_something_else_moves_to_the_altered_ones()
    {
        var watch = await Watch.StartAsync();
        var token = watch.Token();
        watch.Use(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));

        watch.Logs.Arrive(Watch.LineOf(token) with { Hash = StableId.HexOf("another"), Sub = "somebody else" });
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(watch.Raised(Verdict.Unissued));
        Assert.Equal([token.Id], watch.Raised(Verdict.Altered));
        Assert.NotNull(watch.Finding("tokens-altered"));
        Assert.Equal("203.0.113.9", watch.TokensOf(Verdict.Altered).Single().Uses.Single().Address);
        Assert.Empty(watch.Blocks.ById);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    public async Task An_issuance_takes_a_finding_back_until_late_issuance_is_over(int hours, bool isTakenBack)
    {
        var watch = await Watch.StartAsync();
        var token = watch.Token();
        watch.Use(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        watch.Company.Clock.Advance(
            token.ExpiresAt!.Value
                + watch.Company.Options.Trust.ClockSkew
                + watch.Options.LateIssuance
                - watch.Now
                + TimeSpan.FromHours(hours)
        );
        watch.Issue(token);
        await watch.SweepAsync();
        Assert.Equal(isTakenBack, watch.Finding("tokens-unissued") is null);
    }

    [Fact]
    public async Task An_expiry_that_a_forger_puts_in_the_far_future_keeps_neither_the_verdict_nor_the_block_open()
    {
        var watch = await Watch.StartAsync();
        watch.Use(watch.Token() with { ExpiresAt = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.True(watch.Blocks.ById.Values.Single().ExpiresAt < watch.Now + TimeSpan.FromHours(2));
        await watch.SweepAfterAsync(TimeSpan.FromDays(8));
        Assert.DoesNotContain(watch.Campaigns.All, c => c.IsActive);
    }

    [Fact]
    public async Task Issuers_and_kids_that_a_forger_makes_up_do_not_make_campaigns()
    {
        var watch = await Watch.StartAsync();
        for (var n = 0; n < 50; n++)
        {
            watch.Use(watch.Token(iss: $"https://{n}.example", kid: $"kid-{n}", verified: null));
            watch.Use(watch.Token(kid: $"kid-{n}", verified: null));
        }

        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(2, watch.Campaigns.All.Count(c => c.Verdict is Verdict.Unissued));
        Assert.Equal(
            "50",
            watch
                .Company.Findings.ById.Values.Single(f => f.Evidence.GetValueOrDefault("issuer") == "" && f.Kind == "tokens-unissued")
                .Evidence["issuers"]
        );
    }

    [Fact]
    public async Task Beyond_the_cap_the_finding_says_at_least_how_many_there_are()
    {
        var watch = await Watch.StartAsync(o => (o.Sweeps.MaxTokensPerCampaign, o.Rotations.Mode) = (320, ResponseMode.Observe));
        watch.Forge(2_000);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        watch.Logs.Judged = 0;
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));

        var finding = watch.Finding("tokens-unissued")!;
        Assert.Equal(("320", "least"), (finding.Evidence["tokens"], finding.Evidence["numbersAre"]));
        Assert.Contains("At least 320", finding.Title);
        Assert.Equal(320, watch.TokensOf(Verdict.Unissued).Count());
    }

    [Fact]
    public async Task A_wave_of_honest_late_tokens_is_over_when_those_that_are_kept_are_honest()
    {
        var watch = await Watch.StartAsync(o => (o.Sweeps.MaxTokensPerCampaign, o.Rotations.Mode) = (320, ResponseMode.Observe));
        var late = watch.Forge(1_000);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(320, watch.TokensOf(Verdict.Unissued).Count());
        late.ForEach(t => watch.Issue(t));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(watch.Raised(Verdict.Unissued));

        var closed = watch.Company.Findings.ById.Values.Single(f => f.Kind == "tokens-unissued");
        Assert.Equal(
            "All 320 stored tokens are legitimate. There were more tokens than Rekey stores, and the others were not judged.",
            closed.ClosedBecause
        );
        await watch.SweepAfterAsync(watch.Options.LateIssuance + TimeSpan.FromHours(2));
        await watch.SweepAsync();
        Assert.DoesNotContain(watch.Campaigns.All, c => c.IsActive);
        Assert.DoesNotContain(watch.AllChunks, c => c.HasMore);
        Assert.Empty(watch.TokensOf(Verdict.Unissued));
    }

    [Fact]
    public async Task Forged_tokens_take_the_place_of_withdrawn_ones_at_once()
    {
        var watch = await Watch.StartAsync(o => (o.Sweeps.MaxTokensPerCampaign, o.Rotations.Mode) = (320, ResponseMode.Observe));
        var late = watch.Forge(1_000);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        late.ForEach(t => watch.Issue(t));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(watch.Blocks.ById);

        var forged = watch.Forge(20).Select(t => t.Id).Order();
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(forged, watch.Raised(Verdict.Unissued).Order());
        Assert.Equal(20, watch.Blocks.ById.Count);
    }

    [Fact]
    public async Task What_a_gap_holds_makes_room_for_what_it_does_not()
    {
        var watch = await Watch.StartAsync(o => (o.Sweeps.MaxTokensPerCampaign, o.Rotations.Mode) = (320, ResponseMode.Observe));
        var start = watch.Now;
        foreach (var (minute, number) in new[] { (0, 1), (20, 600) })
        {
            watch.Issue(watch.Token(at: start.AddMinutes(minute)), "pod-a", number);
        }

        watch.Company.Clock.Advance(TimeSpan.FromMinutes(10));
        watch.Forge(1_000);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(30));
        Assert.Empty(watch.Raised(Verdict.Unissued));

        var forged = watch.Forge(20).Select(t => t.Id).Order();
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(forged, watch.Raised(Verdict.Unissued).Order());
        Assert.Equal(320, watch.TokensOf(Verdict.Unissued).Count());
    }

    [Fact]
    public async Task What_a_gap_holds_up_to_the_cap_is_in_no_finding_before_the_deadline()
    {
        var watch = await Watch.StartAsync(o => (o.Sweeps.MaxTokensPerCampaign, o.Rotations.Mode) = (320, ResponseMode.Observe));
        var start = watch.Now;
        foreach (var (minute, number) in new[] { (0, 1), (20, 1_002) })
        {
            watch.Issue(watch.Token(at: start.AddMinutes(minute)), "pod-a", number);
        }

        watch.Company.Clock.Advance(TimeSpan.FromMinutes(10));
        watch.Forge(1_000);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(30));
        Assert.Null(watch.Finding("tokens-unissued"));
        Assert.Equal(320, watch.TokensOf(Verdict.Unissued).Count(t => t.Standing is TokenStanding.Held));

        // Forged ones beside them are told at once, and alone. The same batch again changes nothing.
        watch.Forge(20);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        watch.Logs.Judged = 0;
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        var evidence = watch.Finding("tokens-unissued")!.Evidence;
        Assert.Equal(
            ("20", "300", "0", "least"),
            (evidence["tokens"], evidence["held"], evidence["mayBeExplainedByGap"], evidence["numbersAre"])
        );

        await watch.SweepAfterAsync(watch.Options.HoldDeadline);
        evidence = watch.Finding("tokens-unissued")!.Evidence;
        Assert.Equal(("320", "0", "300"), (evidence["tokens"], evidence["held"], evidence["mayBeExplainedByGap"]));
        Assert.Equal("300", watch.Finding(FindingKinds.HoldExpired)!.Evidence["tokens"]);
    }

    /// <summary>Honest tokens that a gateway took long after they had expired, and whose issuances lie in a file that was not
    /// read.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_look_up_leaves_out_is_no_proof_and_blocked_by_nobody(bool isReadLater)
    {
        var watch = await Watch.StartAsync();
        var start = watch.Now;
        watch.Logs.LeftOut = t => t.IssuedAt < start.AddHours(1);
        var honest = Enumerable.Range(0, 3).Select(_ => watch.Token()).ToList();
        honest.ForEach(t => watch.Issue(t));
        watch.Company.Clock.Advance(TimeSpan.FromDays(2));
        honest.ForEach(t => watch.Use(t with { ExpiresAt = watch.Now.AddDays(1) }, after: TimeSpan.FromDays(2)));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(3, watch.TokensOf(Verdict.Unissued).Count(t => t.Standing is TokenStanding.Held));
        Assert.Equal("3", watch.Finding(FindingKinds.LookUpIncomplete)!.Evidence["tokens"]);

        // The file is read by and by, or it is not.
        if (isReadLater)
        {
            watch.Logs.LeftOut = _ => false;
        }

        await watch.SweepAfterAsync(watch.Options.HoldDeadline);
        Assert.Equal(isReadLater ? 0 : 3, watch.Raised(Verdict.Unissued).Count);
        Assert.Equal(!isReadLater, watch.Finding(FindingKinds.LookUpIncomplete) is not null);
        Assert.Empty(watch.Blocks.Ever);
        Assert.Null(watch.Company.RotationOf(watch.Company.Key)?.StartedAt);
        Assert.DoesNotContain(watch.Company.RotationOf(watch.Company.Key)?.Waiting ?? [], w =>
            w.Cause.StartsWith("forgery/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_forged_token_that_was_left_out_at_first_is_told_and_blocked_once_all_is_read()
    {
        var watch = await Watch.StartAsync();
        var isLeftOut = true;
        watch.Logs.LeftOut = _ => isLeftOut;
        watch.Forge(3);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Empty(watch.Raised(Verdict.Unissued));

        isLeftOut = false;
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal((3, 3), (watch.Raised(Verdict.Unissued).Count, watch.Blocks.Ever.Count));
        Assert.Contains(watch.Company.Rotation.Waiting, w => w.Cause == $"forgery/{watch.Kid}");
    }

    [Fact]
    public async Task Pages_that_there_is_no_time_for_are_judged_again_by_the_next_run_and_stay_held_till_then()
    {
        var watch = await Watch.StartAsync();
        watch.Logs.LeftOut = _ => true;
        watch.Forge(4_100);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        watch.Company.Clock.Advance(watch.Options.HoldDeadline);
        watch.Logs.Calls.Clear();
        watch.Logs.Fault = call =>
            watch.Company.Clock.Advance(call.StartsWith("again", StringComparison.Ordinal) ? watch.Options.TimeBudget : TimeSpan.Zero);
        await watch.SweepAsync();

        // One page of three, with each detection that has a say.
        Assert.Equal(
            watch.Logs.Calls.Distinct().Count(c => c.StartsWith("again", StringComparison.Ordinal)),
            watch.Logs.Calls.Count(c => c.StartsWith("again", StringComparison.Ordinal))
        );
        Assert.Equal(
            (2_000, 2_100),
            (watch.Raised(Verdict.Unissued).Count, watch.TokensOf(Verdict.Unissued).Count(t => t.Standing is TokenStanding.Held))
        );
    }

    [Fact]
    public async Task Lines_that_could_not_be_read_are_counted_once_in_however_many_shares_they_come()
    {
        var watch = await Watch.StartAsync();
        (watch.Logs.BadLines, watch.Logs.CountedAs) = (3, "window");
        for (var n = 0; n < 2; n++)
        {
            watch.Use(watch.Token());
            await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        }

        Assert.Equal("3", watch.Finding(FindingKinds.LogLinesUnreadable)!.Evidence["lines"]);
    }

    [Fact]
    public async Task A_jti_that_no_blocklist_takes_does_not_stop_the_sweep()
    {
        var watch = await Watch.StartAsync();
        watch.Use(watch.Token() with { Jti = new('j', 100_000), SigningInputSha256 = "no hash" });
        var other = watch.Token();
        watch.Use(other);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal([other.SigningInputSha256], watch.Blocks.ById.Values.Select(b => b.Value));
        Assert.Equal("2", watch.Finding("tokens-unissued")!.Evidence["tokens"]);
    }

    [Theory]
    [InlineData(ResponseMode.Observe, 0, 0)]
    [InlineData(ResponseMode.Ask, 1, 0)]
    [InlineData(ResponseMode.Enforce, 0, 3)]
    public async Task Blocking_goes_as_far_as_its_mode(ResponseMode mode, int questions, int blocks)
    {
        var watch = await Watch.StartAsync(o => (o.Sweeps.Mode, o.Rotations.Mode) = (mode, ResponseMode.Observe));
        watch.Forge(3);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(questions, watch.Company.Decisions.All.Count(d => d.Kind == Rekey.Decisions.DecisionKinds.BlockTokens));
        Assert.Equal(blocks, watch.Blocks.ById.Count);
        Assert.NotNull(watch.Finding("tokens-unissued"));
    }
}
