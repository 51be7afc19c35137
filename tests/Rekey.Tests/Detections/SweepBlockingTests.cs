using Rekey.Blocking;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Findings;
using Rekey.Tests.Detections.Logs;

namespace Rekey.Tests.Detections;

/// <summary>What may be blocked without asking, and how the rest is asked (T17, T19).</summary>
public sealed class SweepBlockingTests
{
    [Theory]
    [InlineData(Verdict.Altered)]
    [InlineData(Verdict.Shared)]
    [InlineData(Verdict.OutOfWindow)]
    [InlineData(Verdict.RetiredKey)]
    public async Task What_an_honest_holder_may_be_under_is_blocked_by_decision_only(Verdict verdict)
    {
        var watch = await WithAsync(verdict);
        Assert.Empty(watch.Blocks.Ever);
        var question = Question(watch);
        Assert.Equal(OnExpiry.Lapse, question.OnExpiry);

        await AnswerAsync(watch, question, approve: true);
        Assert.Equal([verdict.Code()], watch.Blocks.ById.Values.Select(b => b.Reason));
        Assert.Equal(watch.Finding(verdict.FindingKind())!.Id, watch.Blocks.ById.Values.Single().FindingId);
    }

    [Fact]
    public async Task Verifier_lag_is_neither_blocked_nor_asked_about_though_an_entry_would_still_have_an_effect()
    {
        var watch = await WithAsync(Verdict.VerifierLag);
        Assert.Single(watch.Raised(Verdict.VerifierLag));
        Assert.Equal(DetectionResponse.Ask, watch.Detections.Single(d => d.Verdicts.Contains(Verdict.VerifierLag)).Response);
        Assert.Empty(watch.Blocks.Ever);
        Assert.DoesNotContain(watch.Company.Decisions.All, d => d.Kind == DecisionKinds.BlockTokens);
    }

    [Fact]
    public async Task Under_a_key_whose_trust_ended_there_is_nothing_to_ask_about_for_no_entry_would_outlive_it()
    {
        var watch = await WithEndedKeyAsync(TimeSpan.FromMinutes(5), (watch, token) => watch.Token(kid: token.Kid, at: token.IssuedAt));
        Assert.Single(watch.Raised(Verdict.RetiredKey));
        Assert.Empty(watch.Blocks.Ever);
        Assert.DoesNotContain(watch.Company.Decisions.All, d => d.Kind == DecisionKinds.BlockTokens);
    }

    [Fact]
    public async Task A_quiet_detection_blocks_nothing_and_asks_nothing_of_what_it_found_while_it_was_live()
    {
        var watch = await Watch.StartAsync(o => o.Sweeps.Mode = ResponseMode.Observe);
        watch.Use(watch.Token());
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        watch.Options.Mode = ResponseMode.Enforce;
        watch.Detections[watch.Detections.FindIndex(d => d.Id == "unissued")] = watch.Detections.Single(d => d.Id == "unissued") with
        {
            IsLive = false,
        };
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Single(watch.Raised(Verdict.Unissued));
        Assert.Empty(watch.Blocks.Ever);
        Assert.DoesNotContain(watch.Company.Decisions.All, d => d.Kind == DecisionKinds.BlockTokens);
    }

    [Fact]
    public async Task A_yes_is_to_the_tokens_that_were_asked_about_and_to_no_later_ones()
    {
        var watch = await WithAsync(Verdict.Altered);
        var first = watch.TokensOf(Verdict.Altered).Single().Token;
        await AlterAsync(watch);
        await AnswerAsync(watch, Question(watch), approve: true);
        Assert.Equal([first.SigningInputSha256], watch.Blocks.ById.Values.Select(b => b.Value));

        // The next question comes when the first would have expired: an attack that goes on is not a question every five minutes.
        watch.Company.Clock.Advance(watch.Company.Options.Decisions.TimeToAnswer);
        await AlterAsync(watch);
        Assert.Equal(2, watch.Company.Decisions.All.Count(d => d.Kind == DecisionKinds.BlockTokens));
    }

    [Fact]
    public async Task A_no_blocks_nothing()
    {
        var watch = await WithAsync(Verdict.Altered);
        await AnswerAsync(watch, Question(watch), approve: false);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(watch.Blocks.Ever);
    }

    [Fact]
    public async Task A_token_that_turns_out_honest_is_unblocked_also_when_the_mode_has_changed_to_observe()
    {
        var watch = await Watch.StartAsync();
        var token = watch.Token();
        watch.Use(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Single(watch.Blocks.ById);
        watch.Options.Mode = ResponseMode.Observe;
        watch.Issue(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(watch.Blocks.ById);
    }

    [Fact]
    public async Task A_token_that_turns_out_honest_stays_blocked_where_people_decided_so()
    {
        var watch = await Watch.StartAsync();
        var token = watch.Token();
        watch.Use(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        var decided = watch.Blocks.ById.Values.Single() with { Reason = Rekey.Blocking.Proposals.ProposeBlock.Decided, FindingId = null };
        await watch.BlocklistOf(Rekey.Tests.Doubles.Faults.Fate.Immortal).ChangeAsync([decided], [], default);
        watch.Issue(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(TokenStanding.Withdrawn, watch.TokensOf(Verdict.Unissued).Single().Standing);
        Assert.Equal([decided], watch.Blocks.ById.Values);
    }

    [Fact]
    public async Task What_people_decided_first_is_theirs_and_lasts_no_shorter_for_a_finding()
    {
        var watch = await Watch.StartAsync();
        var token = watch.Token();
        var decided = new Rekey.Blocking.BlockEntry(
            Rekey.Blocking.BlockKind.SigningInput,
            token.Iss,
            token.SigningInputSha256!,
            null,
            watch.Now.AddDays(3),
            Rekey.Blocking.Proposals.ProposeBlock.Decided,
            FindingId: null
        );
        await watch.BlocklistOf(Rekey.Tests.Doubles.Faults.Fate.Immortal).ChangeAsync([decided], [], default);
        watch.Use(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.True(watch.TokensOf(Verdict.Unissued).Single().Block!.IsListed);
        watch.Issue(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(
            (decided.Id, null, decided.ExpiresAt),
            watch.Blocks.ById.Values.Select(b => (b.Id, b.FindingId, b.ExpiresAt)).Single()
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_entry_that_two_findings_mean_stays_until_neither_does(bool sharedFirst)
    {
        // One token that nobody issued, from many places: unissued, and shared.
        var watch = await Watch.StartAsync(o => o.Rotations.Mode = ResponseMode.Observe);
        var token = watch.Token();
        Enumerable.Range(0, 60).ToList().ForEach(n => watch.Use(token, $"203.0.{n}.1"));
        if (sharedFirst)
        {
            watch.Options.Mode = ResponseMode.Ask;
        }

        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        var question = watch.Company.Decisions.All.Single(d =>
            d.Kind == DecisionKinds.BlockTokens && d.Statement.Contains("'shared'", StringComparison.Ordinal)
        );
        await AnswerAsync(watch, question, approve: true);
        watch.Options.Mode = ResponseMode.Enforce;
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(1));
        var shared = watch.Finding("tokens-shared")!.Id;
        Assert.Equal(sharedFirst ? shared : watch.Finding("tokens-unissued")!.Id, watch.Blocks.ById.Values.Single().FindingId);

        // It was issued after all; that it was passed around is as true as before.
        watch.Issue(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(TokenStanding.Withdrawn, watch.TokensOf(Verdict.Unissued).Single().Standing);
        Assert.Equal(shared, Assert.Single(watch.Blocks.ById.Values).FindingId);
    }

    [Fact]
    public async Task An_entry_that_an_operator_took_off_is_not_put_back()
    {
        var watch = await Watch.StartAsync();
        watch.Use(watch.Token());
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        watch.Blocks.ById.Clear();
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(watch.Blocks.ById);
    }

    /// <summary>A forger who writes no jti, or a longer one than an entry holds, and a gateway that logs no hash.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(BlockEntry.MaxText + 1, false)]
    [InlineData(BlockEntry.MaxText + 1, true)]
    public async Task A_token_that_no_entry_can_name_is_a_finding_until_it_has_expired(int length, bool observes)
    {
        var watch = await Watch.StartAsync(o =>
        {
            o.Rotations.Mode = ResponseMode.Observe;
            o.Sweeps.Mode = observes ? ResponseMode.Observe : ResponseMode.Enforce;
        });
        watch.Use(watch.Token() with { Jti = new string('x', length), SigningInputSha256 = null });
        watch.Use(watch.Token());
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        var finding = watch.Finding(FindingKinds.TokensNotBlockable)!;
        Assert.Equal(("1", Severity.High), (finding.Evidence["tokens"], finding.Severity));
        Assert.Contains("Rotate their key", finding.Remedy, StringComparison.Ordinal);

        // It follows from the others that are blocked that blocking itself works.
        Assert.Equal(observes ? 0 : 1, watch.Blocks.ById.Count);
        await watch.SweepAfterAsync(TimeSpan.FromHours(2));
        Assert.Null(watch.Finding(FindingKinds.TokensNotBlockable));
    }

    [Theory]
    [InlineData(BlockEntry.MaxText, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    [InlineData(BlockEntry.MaxText + 1, true)]
    public async Task A_token_with_a_hash_or_a_jti_that_an_entry_can_hold_is_blocked_and_no_such_finding(int length, bool hasHash)
    {
        var watch = await Watch.StartAsync(o => o.Rotations.Mode = ResponseMode.Observe);
        var token = watch.Token();
        watch.Use(token with { Jti = new string('x', length), SigningInputSha256 = hasHash ? token.SigningInputSha256 : null });
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Single(watch.Blocks.ById);
        Assert.Null(watch.Finding(FindingKinds.TokensNotBlockable));
    }

    [Fact]
    public async Task When_everything_is_stopped_findings_go_on_and_nothing_is_done()
    {
        var watch = await Watch.StartAsync();
        watch.Company.Options.Stopped = true;
        watch.Forge(5);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.NotNull(watch.Finding("tokens-unissued"));
        Assert.Empty(watch.Blocks.Ever);
        Assert.Null(watch.Company.RotationOf(watch.Company.Key));

        watch.Company.Options.Stopped = false;
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(5, watch.Blocks.ById.Count);
        Assert.NotNull(watch.Company.RotationOf(watch.Company.Key));
    }

    private static Decision Question(Watch watch) => watch.Company.Decisions.All.Single(d => d.Kind == DecisionKinds.BlockTokens);

    private static async Task AnswerAsync(Watch watch, Decision decision, bool approve)
    {
        var outcome = await watch
            .Company.NewProcess()
            .Answer.AnswerAsync(new(decision.Id, approve, decision.PlanHash, Rekey.Tests.Doubles.Company.Approver, Reason: null), default);
        Assert.Null(outcome.Refusal);
        await watch.NewSweep().CarryOutAsync(decision, default);
    }

    private static async Task AlterAsync(Watch watch)
    {
        var token = watch.Token();
        watch.Logs.Arrive(Watch.LineOf(token) with { Hash = StableId.HexOf("other", token.Jti!) });
        watch.Use(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
    }

    private static async Task<Watch> WithAsync(Verdict verdict)
    {
        if (verdict is Verdict.VerifierLag)
        {
            return await WithEndedKeyAsync(TimeSpan.FromMinutes(40), (_, token) => token);
        }

        var watch = await Watch.StartAsync(o =>
            (o.Rotations.Mode, o.Trust.MaxTokenLifetime) = (ResponseMode.Observe, TimeSpan.FromHours(2))
        );
        var token = watch.Token(kid: verdict is Verdict.RetiredKey ? "never-trusted" : null);
        watch.Issue(token);
        switch (verdict)
        {
            case Verdict.Altered:
                await AlterAsync(watch);
                return watch;
            case Verdict.Shared:
                Enumerable.Range(0, 60).ToList().ForEach(n => watch.Use(token, $"203.0.{n}.1"));
                break;
            case Verdict.OutOfWindow:
                var early = watch.Token(at: watch.Now.AddMinutes(30));
                watch.Issue(early);
                watch.Use(early, after: TimeSpan.FromMinutes(-20));
                break;
            default:
                watch.Use(token);
                break;
        }

        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        return watch;
    }

    /// <summary>A token was issued, its key's trust ended, and five minutes later a gateway accepts that token or another.</summary>
    /// <param name="skew">An entry lasts as long beyond the end of trust; a sweep comes twenty minutes after it.</param>
    private static async Task<Watch> WithEndedKeyAsync(TimeSpan skew, Func<Watch, PresentedToken, PresentedToken> accepted)
    {
        var watch = await Watch.StartAsync(o =>
            (o.Rotations.Mode, o.Trust.MaxTokenLifetime, o.Trust.ClockSkew) = (ResponseMode.Enforce, TimeSpan.FromHours(2), skew)
        );
        var token = watch.Token();
        watch.Issue(token);
        var process = watch.Company.NewProcess();
        await process.OrderAsync("departure-1", Rekey.Rotations.Urgency.Immediate);
        await process.DrainAsync();
        watch.Company.Clock.Advance(TimeSpan.FromMinutes(5));
        watch.Use(accepted(watch, token), after: TimeSpan.FromMinutes(5));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        return watch;
    }
}
