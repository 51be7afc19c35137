using Rekey.Core;
using Rekey.Decisions;
using Rekey.Detections.Gaps;
using Rekey.Rotations;
using Rekey.Tests.Detections.Logs;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Detections;

/// <summary>A key that has grown old, where issuers log what they issue and sweeps read it: whether its rotation needs somebody.</summary>
public sealed class LoggedRotationTests
{
    private const string StillSigns = "old-versions-still-sign";
    private const string NoProof = "no-proof-that-old-versions-are-unused";

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task By_age_a_key_is_rotated_to_the_end_and_nobody_is_asked()
    {
        var day = await StartAsync(ResponseMode.Enforce);
        await day.UntilAsync(() => day.State is RotationState.Verified);
        Assert.Empty(Questions(day.Company));
        Assert.Empty(day.Company.Findings.Kinds);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(day.Company);
    }

    [Fact]
    public async Task Where_rotations_are_asked_about_the_plan_is_the_only_question()
    {
        var day = await StartAsync(ResponseMode.Ask);
        await day.UntilAsync(() => Questions(day.Company).Count == 1);
        await day.Company.NewProcess().SayAsync(Assert.Single(Questions(day.Company)), approve: true);
        await day.UntilAsync(() => day.State is RotationState.Verified);
        Assert.Equal([DecisionKinds.Rotate], Questions(day.Company).Select(d => d.Kind));
        Assert.Empty(day.Company.Findings.Kinds);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(day.Company);
    }

    [Fact]
    public async Task An_issuer_that_goes_on_with_the_old_kid_is_waited_for()
    {
        var day = await StartAsync();
        day.Pinned = true;
        await day.UntilAsync(() => day.State is RotationState.Stuck);
        Assert.Equal(StillSigns, day.Company.Rotation.StuckReason);
        await day.ForAsync(TimeSpan.FromHours(3));
        Assert.Equal((RotationState.Stuck, StillSigns), (day.State, day.Company.Rotation.StuckReason));
        Assert.True(day.Company.Vault.VersionsOf(day.Company.Key)[0].Public.Enabled);

        day.Pinned = false;
        await day.UntilAsync(() => day.State is RotationState.Verified);
    }

    /// <summary>One line is proof, however many are missing.</summary>
    [Fact]
    public async Task A_use_of_the_old_kid_counts_though_the_log_has_a_hole()
    {
        var day = await StartAsync();
        await day.UntilAsync(() => day.Announced);
        (day.Pinned, day.LosesLines) = (true, true);
        await day.UntilAsync(() => day.Company.Rotation.StuckReason == StillSigns);
    }

    [Theory]
    [InlineData("hole")]
    [InlineData("silent instance")]
    [InlineData("silent issuer")]
    [InlineData("no kid")]
    [InlineData("broken file")]
    [InlineData("no sweeps")]
    [InlineData("gaps unknown")]
    public async Task A_log_that_is_not_known_to_be_whole_leads_to_a_question(string what)
    {
        var day = await StartAsync();
        await day.UntilAsync(() => day.Announced);
        day.LosesLines = what == "hole";
        day.Instances = what switch
        {
            "silent instance" => 1,
            "silent issuer" => 0,
            _ => 2,
        };
        day.NamesKid = what != "no kid";
        day.Watch.Logs.IsWhole = what != "broken file";
        day.Sweeps = what != "no sweeps";
        day.Watch.Logs.Fault = call =>
            _ =
                what == "gaps unknown" && call == "gaps"
                    ? throw new CannotContinueException("logs-query-refused", "400.", "Report it.")
                    : 0;
        await day.UntilAsync(() => day.State is RotationState.Stuck);
        Assert.Equal(NoProof, day.Company.Rotation.StuckReason);
        Assert.Equal([DecisionKinds.StopSigningWithoutEvidence], Questions(day.Company).Select(d => d.Kind));
        Assert.True(day.Company.Vault.VersionsOf(day.Company.Key)[0].Public.Enabled);

        // Where everything is logged again it goes on by itself, and an instance that never speaks again is retired after a day.
        (day.LosesLines, day.Instances, day.NamesKid, day.Sweeps, day.Watch.Logs.IsWhole) = (false, 2, true, true, true);
        day.Watch.Logs.Fault = _ => { };
        await day.UntilAsync(() => day.State is RotationState.Verified, TimeSpan.FromHours(8));
    }

    /// <summary>Nothing of an issuer was ever logged: that is no log of its issuances.</summary>
    [Fact]
    public async Task An_issuer_that_never_logged_anything_is_not_believed_to_be_silent()
    {
        var day = await StartAsync(instances: 0);
        await day.UntilAsync(() => day.State is RotationState.Stuck);
        Assert.Equal(NoProof, day.Company.Rotation.StuckReason);
    }

    /// <summary>Its pause is no silence yet: that it has moved on is not known before it is heard of again.</summary>
    [Fact]
    public async Task An_issuer_that_has_not_issued_for_a_while_is_not_believed_to_have_moved_on()
    {
        var day = await StartAsync(pause: TimeSpan.FromMinutes(40));
        await day.UntilAsync(() => day.Announced);
        day.Pause = TimeSpan.FromDays(1);
        await day.UntilAsync(() => day.State is RotationState.Stuck);
        Assert.Equal(NoProof, day.Company.Rotation.StuckReason);
        Assert.All(day.Watch.Gaps.All.SelectMany(i => i.Gaps), g => Assert.Equal(GapEnd.Closed, g.End));

        day.Pause = Step;
        await day.UntilAsync(() => day.State is RotationState.Verified);
    }

    /// <summary>Sweeps that are a little late are waited for: nobody is called for that.</summary>
    [Fact]
    public async Task Sweeps_that_are_behind_are_waited_for()
    {
        var day = await StartAsync();
        await day.UntilAsync(() => day.Announced);
        day.Sweeps = false;
        await day.ForAsync(TimeSpan.FromMinutes(90));
        Assert.Equal(RotationState.VersionCreated, day.State);
        Assert.Empty(Questions(day.Company));

        day.Sweeps = true;
        await day.UntilAsync(() => day.State is RotationState.Verified);
        Assert.Empty(Questions(day.Company));
    }

    private static IReadOnlyList<Decision> Questions(Rekey.Tests.Doubles.Company company) =>
        [.. company.Decisions.All.Where(d => d.Kind != DecisionKinds.Baseline)];

    /// <summary>A company that has worked for half a day when its key grows old.</summary>
    private static async Task<WorkingDay> StartAsync(ResponseMode mode = ResponseMode.Enforce, int instances = 2, TimeSpan? pause = null)
    {
        var watch = await Watch.StartAsync(o => o.Rotations.Mode = mode);
        watch.WatchingIssuers().BelievingIssuances();
        watch.Logs.SettleTime = watch.Options.SettleTime;
        watch.Company.Clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromHours(30));
        var day = new WorkingDay(watch) { Instances = instances, Pause = pause ?? Step };
        await day.UntilAsync(() => watch.Company.Rotations.All.Count > 0, TimeSpan.FromHours(36));
        Assert.Single(watch.Company.Rotations.All);
        return day;
    }

    /// <summary>Issuers issue, gateways accept, sweeps run and timers fire, every five minutes.</summary>
    private sealed class WorkingDay(Watch watch)
    {
        private readonly string _old = watch.Kid;
        private readonly long[] _sequence = new long[2];
        private DateTimeOffset _issued;

        public Watch Watch => watch;

        public Rekey.Tests.Doubles.Company Company => watch.Company;

        public RotationState State => Company.Rotation.State;

        public bool Announced => Company.RotationOf(Company.Key)?.AnnouncedAt is not null;

        /// <summary>How many of the two instances log what they issue.</summary>
        public int Instances { get; set; } = 2;

        /// <summary>One instance goes on with the version that it has.</summary>
        public bool Pinned { get; set; }

        /// <summary>Every other line does not arrive.</summary>
        public bool LosesLines { get; set; }

        /// <summary>How long the issuer rests between two tokens.</summary>
        public TimeSpan Pause { get; set; } = Step;

        public bool NamesKid { get; set; } = true;

        public bool Sweeps { get; set; } = true;

        public async Task UntilAsync(Func<bool> isDone, TimeSpan? atMost = null)
        {
            for (var end = Company.Now + (atMost ?? TimeSpan.FromHours(6)); !isDone(); )
            {
                Assert.True(Company.Now < end, $"{Company.RotationOf(Company.Key)}");
                await StepAsync();
            }
        }

        public async Task ForAsync(TimeSpan time)
        {
            for (var end = Company.Now + time; Company.Now < end; )
            {
                await StepAsync();
            }
        }

        private async Task StepAsync()
        {
            Company.Clock.Advance(Step);
            var partners = watch.Token(iss: "https://partner.example", verified: null);
            watch.Issue(partners);
            watch.Use(partners);
            if (Company.Now >= _issued + Pause)
            {
                _issued = Company.Now;
                Issue();
            }

            if (Sweeps)
            {
                await watch.SweepAsync();
            }

            var process = Company.NewProcess();
            await process.RotateByAge.RunAsync(default);
            await process.RunTimersAsync();
            await process.DrainAsync();
        }

        private void Issue()
        {
            for (var instance = 0; instance < 2; instance++)
            {
                var token = watch.Token(at: Company.Now - TimeSpan.FromMinutes(1), kid: Pinned && instance == 0 ? _old : null);
                _sequence[instance]++;
                if (instance < Instances && !(LosesLines && _sequence[instance] % 2 == 0))
                {
                    watch.Issue(NamesKid ? token : token with { Kid = null }, $"pod-{instance}", _sequence[instance]);
                }

                watch.Use(token);
            }
        }
    }
}
