using CsCheck;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Findings;
using Rekey.Tests.Detections.Logs;
using Rekey.Tests.Support;

namespace Rekey.Tests.Detections;

/// <summary>An issuer's log with a hole in it holds back what the hole may explain (T18).</summary>
public sealed class GapTests
{
    private const string Gap = FindingKinds.IssuanceGap;

    [Fact]
    public async Task An_issuer_that_goes_silent_yields_one_gap_finding_and_no_false_ones()
    {
        var watch = await Watch.StartAsync();
        watch.Logs.SettleTime = watch.Options.SettleTime;
        for (var minute = 0; minute < 180; minute += 5)
        {
            var token = watch.Token();
            watch.Use(token);
            if (minute < 60)
            {
                watch.Issue(token, "pod-a");
            }

            await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        }

        var finding = Assert.Single(watch.Company.Findings.ById.Values);
        Assert.Equal((Gap, "pod-a"), (finding.Kind, finding.Evidence["instance"]));
        Assert.Empty(watch.Blocks.Ever);
        Assert.True(watch.TokensOf(Verdict.Unissued).Count() > 5);
    }

    /// <summary>A truncated file of issuances is a finding at once. Its honest tokens are neither blocked nor proof of a theft.</summary>
    [Fact]
    public async Task A_file_of_issuances_that_cannot_be_read_is_a_finding_at_once_and_blocks_nothing()
    {
        var watch = await Watch.StartAsync(o => o.Rotations.Mode = ResponseMode.Enforce);
        watch.Logs.SettleTime = watch.Options.SettleTime;
        var tokens = Enumerable.Range(0, 100).Select(_ => watch.Token()).ToList();
        tokens.ForEach(t => watch.Use(t));
        watch.Logs.Unreadable.Add(
            new("https://login.example", IssuanceGap.OfFile("b.ndjson.gz"), watch.Now.AddMinutes(-10), watch.Now.AddMinutes(1), null)
        );
        await watch.SweepAfterAsync(watch.Options.SettleTime + TimeSpan.FromMinutes(2));
        Assert.Contains("b.ndjson.gz", watch.Finding(Gap)!.Title);
        Assert.Contains("Replace the file", watch.Finding(Gap)!.Remedy);
        Assert.Empty(watch.Raised(Verdict.Unissued));

        // The deadline of the hold: they are reported, and still no proof.
        await watch.SweepAfterAsync(watch.Options.HoldDeadline);
        Assert.Equal(100, watch.Raised(Verdict.Unissued).Count);
        Assert.Empty(watch.Blocks.Ever);
        Assert.Null(watch.Company.RotationOf(watch.Company.Key)?.StartedAt);

        // Somebody replaces the file.
        watch.Logs.Unreadable.Clear();
        tokens.ForEach(t => watch.Issue(t));
        var later = watch.Token();
        watch.Issue(later);
        watch.Use(later);
        await watch.SweepAfterAsync(watch.Options.SettleTime + TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(watch.Raised(Verdict.Unissued), id => tokens.Exists(t => t.Id == id));
        Assert.Empty(watch.Blocks.Ever);
    }

    /// <summary>A file that is still being written ends in the middle of something.</summary>
    [Fact]
    public async Task A_file_that_is_still_being_written_holds_tokens_back_and_is_no_finding()
    {
        var watch = await Watch.StartAsync();
        var token = watch.Token();
        watch.Use(token);
        watch.Company.Clock.Advance(TimeSpan.FromMinutes(3));
        watch.Logs.Unreadable.Add(
            new("https://login.example", IssuanceGap.OfFile("b.ndjson.gz"), watch.Now.AddMinutes(-10), watch.Now, null)
        );
        await watch.SweepAsync();
        Assert.Null(watch.Finding(Gap));
        Assert.Empty(watch.Raised(Verdict.Unissued));
        await watch.SweepAfterAsync(watch.Options.SettleTime + TimeSpan.FromMinutes(1));
        Assert.Empty(watch.Raised(Verdict.Unissued));
    }

    /// <summary>Whenever it falls silent, from the first sweep on too, and whatever its traffic: one gap finding, and no other before
    /// holds run out.</summary>
    [Fact]
    public void An_issuer_none_of_whose_instances_logs_yields_one_gap_finding_and_no_false_ones() =>
        Gen.Int[0, int.MaxValue].Sample(seed => SilentFromAsync(new(seed)).GetAwaiter().GetResult(), iter: Runs.Of(10), threads: 1);

    [Fact]
    public async Task Tokens_of_a_silent_issuer_come_out_after_the_deadline_and_are_blocked_by_nobody()
    {
        var watch = (await Watch.StartAsync()).WatchingIssuers();
        var (known, unknown) = (watch.Token(), watch.Token(iss: "https://made-up.example"));
        watch.Use(known);
        watch.Use(unknown);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal([unknown.Id], watch.Raised(Verdict.Unissued));
        Assert.Equal(("https://login.example", "*"), (watch.Finding(Gap)!.Evidence["issuer"], watch.Finding(Gap)!.Evidence["instance"]));

        await watch.SweepAfterAsync(watch.Options.HoldDeadline);
        Assert.Contains(known.Id, watch.Raised(Verdict.Unissued));
        Assert.NotNull(watch.Finding(FindingKinds.HoldExpired));
        Assert.DoesNotContain(watch.Blocks.ById.Values, b => b.Value == known.SigningInputSha256);
        Assert.Null(watch.Company.RotationOf(watch.Company.Key)?.StartedAt);
    }

    [Fact]
    public async Task A_token_that_is_told_past_its_hold_is_blocked_by_nobody_though_it_still_lives()
    {
        var watch = (await Watch.StartAsync(o => o.Trust.MaxTokenLifetime = TimeSpan.FromHours(6))).WatchingIssuers();
        var known = watch.Token() with { ExpiresAt = watch.Now.AddHours(6) };
        watch.Use(known);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        await watch.SweepAfterAsync(watch.Options.HoldDeadline);

        Assert.Equal([known.Id], watch.Raised(Verdict.Unissued));
        Assert.Empty(watch.Blocks.Ever);
    }

    [Fact]
    public async Task When_a_silent_issuer_logs_again_its_gap_ends_and_later_forgeries_are_found_at_once()
    {
        var watch = (await Watch.StartAsync()).WatchingIssuers();
        var during = watch.Token();
        watch.Use(during);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.NotNull(watch.Finding(Gap));

        watch.Company.Clock.Advance(TimeSpan.FromMinutes(30));
        watch.Issue(watch.Token());
        watch.Use(watch.Token());
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Null(watch.Finding(Gap));

        var forged = watch.Token(at: watch.Now.AddMinutes(6));
        watch.Issue(watch.Token(at: watch.Now.AddMinutes(6)));
        watch.Use(forged);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(10));
        Assert.Contains(forged.Id, watch.Raised(Verdict.Unissued));

        // What was minted while nothing was logged is held to the end of its time: the log of then proves nothing.
        Assert.Equal(TokenStanding.Held, watch.TokensOf(Verdict.Unissued).Single(t => t.Token.Id == during.Id).Standing);
        Assert.DoesNotContain(watch.Blocks.ById.Values, b => b.Value == during.SigningInputSha256);
    }

    [Fact]
    public async Task An_access_that_arrives_late_reaches_further_back_into_the_same_silence()
    {
        var watch = (await Watch.StartAsync()).WatchingIssuers();
        var start = watch.Now;
        watch.Company.Clock.Advance(TimeSpan.FromHours(4));
        watch.Use(watch.Token());
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        watch.Use(watch.Token(at: start));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(watch.Raised(Verdict.Unissued));
        Assert.Equal("1", watch.Finding(Gap)!.Evidence["gaps"]);
    }

    /// <summary>Its last line lies just before the look-back in which nothing was found: looking further back must not pass for a sign of
    /// life.</summary>
    [Fact]
    public async Task A_silent_issuer_stays_silent_although_it_logged_before()
    {
        var watch = (await Watch.StartAsync()).WatchingIssuers();
        watch.Issue(watch.Token());
        for (var minute = 135; minute < 165; minute += 10)
        {
            watch.Company.Clock.Advance(TimeSpan.FromMinutes(minute == 135 ? 135 : 10));
            watch.Use(watch.Token());
            await watch.SweepAfterAsync(TimeSpan.FromMinutes(2));
            Assert.Equal("*", watch.Finding(Gap)?.Evidence["instance"]);
        }

        Assert.Empty(watch.Raised(Verdict.Unissued));
    }

    [Fact]
    public async Task An_issuer_without_a_trusted_key_is_not_waited_for()
    {
        var watch = (await Watch.StartAsync()).WatchingIssuers();
        var process = watch.Company.NewProcess();
        var old = watch.Kid;
        await process.OrderAsync("departure-1", Rekey.Rotations.Urgency.Immediate);
        await process.DrainAsync();
        var forged = watch.Token(kid: old, iss: "https://retired.example");
        watch.Use(forged);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal([forged.Id], watch.Raised(Verdict.Unissued));
        Assert.Null(watch.Finding(Gap));
    }

    [Fact]
    public async Task Silence_of_one_instance_holds_until_the_deadline_and_then_says_so_without_blocking()
    {
        var (watch, forged) = await SilentAsync();
        await watch.SweepAfterAsync(watch.Options.HoldDeadline - TimeSpan.FromMinutes(1));
        Assert.Null(watch.Finding("tokens-unissued"));

        await watch.SweepAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Equal([forged.Id], watch.Raised(Verdict.Unissued));
        Assert.Equal("1", watch.Finding("tokens-unissued")!.Evidence["mayBeExplainedByGap"]);
        Assert.NotNull(watch.Finding(FindingKinds.HoldExpired));
        Assert.Empty(watch.Blocks.Ever);
        Assert.Null(watch.Company.RotationOf(watch.Company.Key)?.StartedAt);
    }

    [Fact]
    public async Task Lines_that_arrive_late_close_the_gap_and_what_is_still_unissued_is_raised_at_once()
    {
        var (watch, forged) = await SilentAsync();
        var honest = watch.Token();
        watch.Use(honest);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(2, watch.TokensOf(Verdict.Unissued).Count(t => t.Standing is TokenStanding.Held));

        watch.Issue(honest, "pod-a");
        watch.Issue(watch.Token(), "pod-a");
        watch.Use(watch.Token(verified: false));
        await watch.SweepAsync();
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Contains(forged.Id, watch.Raised(Verdict.Unissued));
        Assert.DoesNotContain(honest.Id, watch.Raised(Verdict.Unissued));
        Assert.Null(watch.Finding(Gap));
        Assert.Contains(watch.Blocks.ById.Values, b => b.Value == forged.SigningInputSha256);
    }

    [Fact]
    public async Task A_hole_in_the_sequence_hides_tokens_of_its_times_and_no_others()
    {
        var watch = await Watch.StartAsync();
        var start = watch.Now;
        foreach (var (minute, number) in new[] { (0, 1), (10, 2), (40, 6), (60, 7) })
        {
            watch.Issue(watch.Token(at: start.AddMinutes(minute)), "pod-a", number);
        }

        var (hidden, plain) = (watch.Token(at: start.AddMinutes(25)), watch.Token(at: start.AddMinutes(55)));
        watch.Use(hidden);
        watch.Use(plain);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(65));
        Assert.Equal([plain.Id], watch.Raised(Verdict.Unissued));
        Assert.Equal("3", watch.Finding(Gap)!.Evidence["missing"]);
    }

    /// <summary>Nobody looked while it lasted, and the line before it was logged longer ago than a token lives.</summary>
    [Fact]
    public async Task A_hole_holds_although_the_line_before_it_is_older_than_any_token()
    {
        var watch = await Watch.StartAsync();
        var start = watch.Now;
        foreach (var (minute, number) in new[] { (0, 100), (60, 104) })
        {
            watch.Issue(watch.Token(at: start.AddMinutes(minute)), "pod-a", number);
        }

        for (var n = 0; n < 3; n++)
        {
            watch.Use(watch.Token(at: start.AddMinutes(50)), after: TimeSpan.FromMinutes(20));
        }

        await watch.SweepAfterAsync(TimeSpan.FromMinutes(75));

        Assert.Equal(3, watch.TokensOf(Verdict.Unissued).Count(t => t.Standing is TokenStanding.Held));
        Assert.Equal("3", watch.Finding(Gap)!.Evidence["missing"]);
        Assert.Empty(watch.Blocks.Ever);
        Assert.Null(watch.Company.RotationOf(watch.Company.Key)?.StartedAt);
    }

    [Fact]
    public async Task A_forger_who_names_an_issuer_that_nobody_knows_is_found_at_once()
    {
        var (watch, _) = await SilentAsync();
        var token = watch.Token(iss: "https://retired.example");
        watch.Use(token);
        await watch.SweepAsync();
        Assert.Equal([token.Id], watch.Raised(Verdict.Unissued));
    }

    [Fact]
    public async Task An_instance_that_stays_silent_counts_as_retired_and_hides_no_later_tokens()
    {
        var (watch, _) = await SilentAsync();
        for (var hour = 0; hour < 25; hour++)
        {
            watch.Issue(watch.Token(), "pod-b");
            watch.Use(watch.Token(iss: "https://other.example"));
            await watch.SweepAfterAsync(TimeSpan.FromHours(1));
        }

        watch.Issue(watch.Token(), "pod-b");
        var late = watch.Token();
        watch.Use(late);
        await watch.SweepAsync();
        Assert.Contains(late.Id, watch.Raised(Verdict.Unissued));
    }

    [Fact]
    public async Task A_silent_instance_goes_on_hiding_when_the_look_back_has_passed_it()
    {
        var (watch, _) = await SilentAsync();
        for (var hour = 0; hour < 6; hour++)
        {
            watch.Issue(watch.Token(), "pod-b");
            watch.Use(watch.Token(iss: "https://other.example"));
            await watch.SweepAfterAsync(TimeSpan.FromHours(1));
        }

        watch.Issue(watch.Token(), "pod-b");
        var hidden = watch.Token();
        watch.Use(hidden);
        await watch.SweepAsync();
        Assert.DoesNotContain(hidden.Id, watch.Raised(Verdict.Unissued));
        Assert.NotNull(watch.Finding(Gap));
    }

    [Theory]
    [InlineData("iat in a hole of yesterday")]
    [InlineData("iat before tokens of then can have lived")]
    [InlineData("no iat")]
    [InlineData("iat in the future")]
    public async Task A_forger_chooses_no_hole_that_explains_the_token(string what)
    {
        // A hole in the sequence, and an instance that counts as retired by now.
        var (watch, _) = await SilentAsync();
        var start = watch.Now;
        foreach (var (minute, number) in new[] { (0, 1), (40, 6) })
        {
            watch.Issue(watch.Token(at: start.AddMinutes(minute)), "pod-c", number);
        }

        watch.Use(watch.Token(verified: false));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(45));
        Assert.Contains(watch.Gaps.All, g => g.IssuerInstance == "pod-c");
        watch.Company.Clock.Advance(TimeSpan.FromDays(2));
        var forged = watch
            .Forge(3)
            .Select(t =>
                t with
                {
                    IssuedAt = what switch
                    {
                        "iat in a hole of yesterday" => start.AddMinutes(20),
                        "iat before tokens of then can have lived" => start.AddMinutes(-5),
                        "no iat" => null,
                        _ => watch.Now.AddDays(1),
                    },
                    ExpiresAt = watch.Now.AddYears(1),
                }
            )
            .ToList();
        watch.Logs.Accessed.RemoveRange(watch.Logs.Accessed.Count - 3, 3);
        watch.Logs.ArrivedAt.RemoveRange(watch.Logs.ArrivedAt.Count - 3, 3);
        forged.ForEach(t => watch.Logs.Arrive(new SeenLine(watch.Now, t, "203.0.113.9")));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Subset(watch.Raised(Verdict.Unissued).ToHashSet(), forged.Select(t => t.Id).ToHashSet());
        Assert.Subset(watch.Blocks.ById.Values.Select(b => b.Value).ToHashSet(), forged.Select(t => t.SigningInputSha256!).ToHashSet());
        Assert.Contains(watch.Company.Rotation.Waiting, w => w.Cause == $"forgery/{watch.Kid}");
    }

    /// <summary>
    /// T31: a long silence that still lasts. It explains a token only where the iat that the token names fits the time of its use; a
    /// forger writes any iat into it.
    /// </summary>
    [Theory]
    [InlineData(-240, false)]
    [InlineData(-66, false)]
    [InlineData(-65, true)]
    [InlineData(0, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    [InlineData(1440, false)]
    [InlineData(null, true)]
    public void A_silence_explains_what_can_have_been_issued_in_it_at_the_time_of_use(int? minutes, bool mayHide)
    {
        var seen = new DateTimeOffset(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var silence = new IssuanceGap("https://login.example", "pod-a", seen.AddHours(-5), To: null, Missing: null);
        var issuedAt = minutes is { } m ? seen.AddMinutes(m) : (DateTimeOffset?)null;
        var token = new PresentedToken(silence.Iss, "j", "k", null, null, issuedAt, null, null, null, null);
        Assert.Equal(mayHide, silence.MayHide(token, seen, TimeSpan.FromHours(1), TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public async Task A_token_without_iat_is_held_by_a_hole_of_its_own_time()
    {
        var (watch, _) = await SilentAsync();
        var token = watch.Token() with { IssuedAt = null };
        watch.Logs.Arrive(new SeenLine(watch.Now, token, "203.0.113.9"));
        await watch.SweepAsync();
        Assert.Equal(TokenStanding.Held, watch.TokensOf(Verdict.Unissued).Single(t => t.Token.Id == token.Id).Standing);
    }

    [Fact]
    public async Task Instances_that_come_and_go_leave_nothing_behind()
    {
        var (watch, _) = await SilentAsync();
        Assert.NotEmpty(watch.Gaps.All);
        watch.Company.Clock.Advance(watch.Options.SilenceMemory + watch.Options.LateIssuance);
        await watch.SweepAsync();
        Assert.NotEmpty(watch.Gaps.All);
        watch.Company.Clock.Advance(watch.Company.Options.Trust.MaxTokenLifetime + watch.Options.LateIssuance);
        await watch.SweepAsync();
        Assert.Empty(watch.Gaps.All);
        Assert.Null(watch.Finding(Gap));
    }

    private static async Task SilentFromAsync(Random random)
    {
        var watch = (await Watch.StartAsync()).WatchingIssuers();
        watch.Logs.SettleTime = watch.Options.SettleTime;
        var spoke = random.Next(2) == 0 ? 0 : random.Next(30, 90);
        var last = spoke + random.Next(60, 118);
        for (var minute = 0; minute < last; minute += 5)
        {
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                var token = watch.Token();
                watch.Use(token);
                if (minute < spoke)
                {
                    watch.Issue(token, "pod");
                }
            }

            await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
            Assert.True(
                watch.Company.Findings.ById.Values.All(f => f.Kind == Gap),
                $"minute {minute}: {string.Join(", ", watch.Company.Findings.ById.Values.Select(f => $"{f.Kind} {f.About}"))}"
            );
        }

        Assert.Equal(spoke == 0 ? "*" : "pod", Assert.Single(watch.Company.Findings.ById.Values).Evidence["instance"]);
        Assert.Empty(watch.Blocks.Ever);
    }

    /// <summary>Two instances, one of which has stopped logging; a token that its silence may hide has been seen.</summary>
    private static async Task<(Watch Watch, PresentedToken Forged)> SilentAsync()
    {
        var watch = await Watch.StartAsync();
        var start = watch.Now;
        for (var minute = 0; minute <= 60; minute += 2)
        {
            if (minute <= 20)
            {
                watch.Issue(watch.Token(at: start.AddMinutes(minute)), "pod-a");
            }

            watch.Issue(watch.Token(at: start.AddMinutes(minute)), "pod-b");
        }

        watch.Company.Clock.Advance(TimeSpan.FromMinutes(60));
        var forged = watch.Token();
        watch.Use(forged, after: TimeSpan.Zero);
        await watch.SweepAsync();
        Assert.Equal(TokenStanding.Held, watch.TokensOf(Verdict.Unissued).Single().Standing);
        Assert.Equal("pod-a", watch.Finding(Gap)!.Evidence["instance"]);
        return (watch, forged);
    }
}
