using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Findings;
using Rekey.Tests.Detections.Logs;

namespace Rekey.Tests.Detections;

/// <summary>A query that the engine gives up: one for gaps makes the gaps unknown, and a quiet one is left out. Neither stops a live
/// detection.</summary>
public sealed class UnfinishedQueryTests
{
    private const string Gap = FindingKinds.IssuanceGap;
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Refusals => [.. Failures.Keys];

    private static readonly Dictionary<string, Exception> Failures = new(StringComparer.Ordinal)
    {
        ["time-out"] = new RetryLaterException("Time.", inner: new TimeoutException()) { Reason = UnfinishedQuery.Reason },
        ["memory"] = new RetryLaterException("Memory.") { Reason = UnfinishedQuery.Reason },
        ["refused"] = new CannotContinueException("logs-query-refused", "400.", "Report it."),
        ["too large"] = new CannotContinueException("logs-result-too-large", "Too large.", "See why."),
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_query_for_gaps_that_does_not_finish_is_a_finding_and_holds_up_nothing_else(string why)
    {
        var watch = await Watch.StartAsync();
        var altered = watch.Token();
        watch.Issue(altered with { SigningInputSha256 = StableId.HexOf("another", "1") });
        watch.Use(altered);
        var unissued = watch.Forge(5);
        Fail(watch, "gaps", Failures[why]);

        var report = await watch.SweepAfterAsync(Step);

        // It may have been issued in a gap: nobody is blocked, and no key is rotated for it.
        Assert.Equal(watch.Logs.Accessed.Count, watch.Logs.Judged);
        Assert.Empty(watch.Raised(Verdict.Unissued));
        Assert.Equal(5, watch.TokensOf(Verdict.Unissued).Count(t => t.Standing is TokenStanding.Held));
        Assert.Null(watch.Company.RotationOf(watch.Company.Key)?.StartedAt);
        Assert.Equal([altered.Id], watch.Raised(Verdict.Altered));
        Assert.Equal(("all issuers", ""), (watch.Finding(Gap)!.About, watch.Finding(Gap)!.Evidence["to"]));
        Assert.Equal(Failures[why].Message, report.Unfinished["issuance-gap"]);

        // It goes on like that: they are reported, and blocked by nobody.
        await watch.SweepAfterAsync(watch.Options.HoldDeadline);
        Assert.Equal(unissued.Select(t => t.Id).ToHashSet(), watch.Raised(Verdict.Unissued));
        Assert.DoesNotContain(watch.Blocks.ById.Values, b => unissued.Any(t => t.SigningInputSha256 == b.Value));
        Assert.Null(watch.Company.RotationOf(watch.Company.Key)?.StartedAt);
    }

    [Fact]
    public async Task What_a_later_query_cannot_read_stays_unknown()
    {
        var watch = await Watch.StartAsync(o => o.Sweeps.HoldDeadline = TimeSpan.FromHours(12));
        var during = watch.Token();
        watch.Use(during);
        Fail(watch, "gaps", Failures["memory"]);
        await watch.SweepAfterAsync(Step);

        // It reads twice the life of a token back, and not to the time that is unknown.
        Fail(watch, "gaps", null);
        watch.Company.Clock.Advance(TimeSpan.FromHours(4));
        var later = watch.Token();
        watch.Use(later);
        Assert.Empty((await watch.SweepAfterAsync(Step)).Unfinished);

        Assert.Null(watch.Finding(Gap));
        Assert.Equal([later.Id], watch.Raised(Verdict.Unissued));
        Assert.Equal(TokenStanding.Held, watch.TokensOf(Verdict.Unissued).Single(t => t.Token.Id == during.Id).Standing);
    }

    [Fact]
    public async Task It_is_one_finding_however_often_it_fails_and_what_it_reads_at_last_is_known()
    {
        var watch = await Watch.StartAsync();
        Fail(watch, "gaps", Failures["time-out"]);
        for (var n = 0; n < 3; n++)
        {
            var token = watch.Token();
            watch.Use(token);
            watch.Issue(token, "pod");
            await watch.SweepAfterAsync(Step);
        }

        var unknown = Assert.Single(watch.Gaps.All);
        Assert.True(unknown.IsUnknown);
        Assert.Single(unknown.Gaps);
        Assert.Single(watch.Company.Findings.Open);

        // The next batch reads as far back as the first that failed.
        Fail(watch, "gaps", null);
        watch.Use(watch.Token(verified: false));
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Null(watch.Finding(Gap));
        Assert.Equal(GapEnd.Closed, Assert.Single(Assert.Single(watch.Gaps.All).Gaps).End);
        Assert.NotEmpty(watch.Raised(Verdict.Unissued));
    }

    /// <summary>Of known gaps it says nothing: none of them ends because it was not found.</summary>
    [Fact]
    public async Task Known_gaps_stay_while_a_query_for_gaps_does_not_finish()
    {
        var watch = (await Watch.StartAsync()).WatchingIssuers();
        watch.Use(watch.Token());
        await watch.SweepAfterAsync(Step);
        Assert.Equal("*", watch.Finding(Gap)!.Evidence["instance"]);

        Fail(watch, "gaps", Failures["memory"]);
        watch.Issue(watch.Token(), "pod");
        watch.Use(watch.Token());
        await watch.SweepAfterAsync(Step);
        Assert.Equal(2, watch.Company.Findings.Open.Count(f => f.Kind == Gap));
        Assert.Empty(watch.Raised(Verdict.Unissued));
    }

    [Fact]
    public async Task An_engine_that_cannot_be_reached_makes_no_finding_and_the_batch_comes_again()
    {
        var watch = await Watch.StartAsync();
        watch.Forge(1);
        Fail(watch, "gaps", new RetryLaterException("No reply."));
        await Assert.ThrowsAsync<RetryLaterException>(() => watch.SweepAfterAsync(Step));
        Assert.Equal(0, watch.Logs.Judged);
        Assert.Null(watch.Finding(Gap));
    }

    [Theory]
    [InlineData("time-out")]
    [InlineData("refused")]
    [InlineData("unreachable")]
    public async Task A_quiet_detection_that_fails_is_reported_and_stops_no_live_one(string why)
    {
        var watch = await Watch.StartAsync();
        // Quiet ones come first by their names.
        watch.Detections.Insert(0, watch.Detections.Single(d => d.Id == "unissued") with { Id = "a-quiet-one", IsLive = false });
        watch.Detections.Insert(
            0,
            watch.Detections.Single(d => d.Id == "issuance-gap") with
            {
                Id = "a-quiet-issuance-gap",
                IsLive = false,
            }
        );
        var forged = watch.Forge(3);
        watch.Logs.Fault = call =>
            _ =
                call.EndsWith("a-quiet-one", StringComparison.Ordinal)
                || (call == "gaps" && watch.Logs.Calls.Count(c => c == "gaps") % 2 == 1)
                    ? throw Failures.GetValueOrDefault(why, new RetryLaterException("No reply."))
                    : 0;

        var report = await watch.SweepAfterAsync(Step);

        Assert.Equal(["a-quiet-issuance-gap", "a-quiet-one"], report.Unfinished.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(forged.Select(t => t.Id).ToHashSet(), watch.Raised(Verdict.Unissued));
        Assert.Null(watch.Finding(Gap));
        Assert.Equal(3, watch.Logs.Judged);

        // Nor does it stop a campaign from being judged again, and withdraws nothing.
        watch.Issue(watch.Token(), "pod");
        await watch.SweepAfterAsync(Step);
        Assert.Equal(forged.Select(t => t.Id).ToHashSet(), watch.Raised(Verdict.Unissued));
    }

    private static void Fail(Watch watch, string call, Exception? failure) =>
        watch.Logs.Fault = c => _ = c == call && failure is not null ? throw failure : 0;
}
