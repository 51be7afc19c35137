using Rekey.Configuration;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Rotations;
using Rekey.Tests.Detections.Logs;

namespace Rekey.Tests.Detections;

/// <summary>When a sweep rotates a key by itself, one condition at a time (T16).</summary>
public sealed class ForgeryTests
{
    [Fact]
    public async Task Several_tokens_with_the_keys_own_signature_that_nobody_issued_rotate_it_at_once()
    {
        var watch = await SweptAsync(w => w.Forge(3));
        var rotation = watch.Company.Rotation;
        var thumbprint = watch.Kid;
        Assert.Equal(
            ($"forgery/{thumbprint}", Urgency.Immediate, (string?)null),
            rotation.Waiting.Select(w => (w.Cause, w.Urgency, w.DecisionId)).Single()
        );

        await watch.Company.NewProcess().DrainAsync();
        Assert.Contains(thumbprint, watch.Company.TrustList.Revoked);

        // What was proven and done is not asked again.
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.DoesNotContain(watch.Company.Decisions.All, d => d.Kind == DecisionKinds.Rotate);
        Assert.Empty(watch.Company.Rotation.Waiting);
    }

    [Theory]
    [InlineData("the rotation's row")]
    [InlineData("the row of the question")]
    public async Task What_was_ordered_and_is_gone_is_ordered_again(string lost)
    {
        var watch = await SweptAsync(w => w.Forge(3), o => o.Rotations.Mode = ResponseMode.Ask);
        if (lost == "the rotation's row")
        {
            watch.Company.Rotations.Rows.Tamper(_ => null);
        }
        else
        {
            watch.Company.Decisions.Tamper(d => d.Kind == DecisionKinds.Rotate ? null : d);
            await watch.Company.NewProcess().GoAsync();
        }

        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Single(watch.Company.Rotation.Waiting);
        Assert.Single(watch.Company.Decisions.All, d => d.Kind == DecisionKinds.Rotate && d.StateAt(watch.Now) is DecisionState.Pending);
    }

    [Fact]
    public async Task The_brake_for_mass_events_does_not_hold_a_proven_forgery()
    {
        var watch = await SweptAsync(
            w => w.Forge(3),
            o => o.Rotations.MaxRotationsAnHour = 1,
            async w =>
            {
                await w.Company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
            }
        );
        Assert.All(watch.Company.Rotation.Waiting, w => Assert.Null(w.DecisionId));
    }

    [Theory]
    [InlineData("fewer tokens than it takes", "forgery-likely", OnExpiry.CarryOut)]
    [InlineData("a signature that was not said to be verified", "forgery-suspected", OnExpiry.Lapse)]
    [InlineData("the key's thumbprint, but no word of a verified signature", "forgery-suspected", OnExpiry.Lapse)]
    [InlineData("a verified signature without a thumbprint", "forgery-suspected", OnExpiry.Lapse)]
    [InlineData("a gap in the issuer's log", "forgery-suspected", OnExpiry.Lapse)]
    [InlineData("a gap that has closed since", "forgery-suspected", OnExpiry.Lapse)]
    [InlineData("another issuer's name", "forgery-suspected", OnExpiry.Lapse)]
    [InlineData("tokens that were altered", "forgery-suspected", OnExpiry.Lapse)]
    [InlineData("one token from many places", "forgery-likely", OnExpiry.CarryOut)]
    public async Task Short_of_proof_it_is_a_question(string what, string cause, OnExpiry onExpiry)
    {
        var watch = await SweptAsync(w => Prepare(w, what));
        var waiting = Assert.Single(watch.Company.Rotation.Waiting);
        Assert.Equal($"{cause}/{watch.Kid}", waiting.Cause);
        var decision = watch.Company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        Assert.Equal((waiting.DecisionId, onExpiry), (decision.Id, decision.OnExpiry));
        Assert.Null(watch.Company.Rotation.StartedAt);
    }

    [Theory]
    [InlineData("a signature that was found wrong")]
    [InlineData("a key of nobody here")]
    [InlineData("honest tokens from many places")]
    public async Task What_says_nothing_about_a_key_leaves_it_alone(string what)
    {
        var watch = await SweptAsync(w => Prepare(w, what));
        Assert.Null(watch.Company.RotationOf(watch.Company.Key));
        Assert.DoesNotContain(watch.Company.Decisions.All, d => d.Kind == DecisionKinds.Rotate);
        Assert.NotEmpty(watch.Company.Findings.Open);
    }

    [Theory]
    [InlineData(ResponseMode.Observe)]
    [InlineData(ResponseMode.Ask)]
    public async Task Proof_goes_as_far_as_the_mode_of_rotations(ResponseMode mode)
    {
        var watch = await SweptAsync(w => w.Forge(3), o => o.Rotations.Mode = mode);
        Assert.Equal(mode is ResponseMode.Ask, watch.Company.RotationOf(watch.Company.Key) is not null);
        Assert.Equal(
            mode is ResponseMode.Ask ? [OnExpiry.CarryOut] : [],
            watch.Company.Decisions.All.Where(d => d.Kind == DecisionKinds.Rotate).Select(d => d.OnExpiry)
        );
        Assert.Contains(watch.Company.VerifiedLedger(), l => l.Entry.Facts.GetValueOrDefault("cause") == $"forgery/{watch.Kid}");
    }

    [Fact]
    public async Task Proof_takes_the_place_of_a_suspicion_that_waits_and_of_one_that_was_declined()
    {
        var watch = await SweptAsync(w => w.Forge(2));
        var process = watch.Company.NewProcess();
        await process.SayAsync(watch.Company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate), approve: false);
        await process.DrainAsync();

        watch.Forge(1);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal([$"forgery/{watch.Kid}"], watch.Company.Rotation.Waiting.Select(w => w.Cause));
        await process.DrainAsync();
        Assert.Equal(1, watch.Company.Rotation.Number);

        // The question that nobody answered has nothing left to say: no second rotation when it expires.
        watch.Company.Clock.Advance(TimeSpan.FromHours(5));
        await process.WorkAsync();
        Assert.Equal(2, watch.Company.Vault.VersionsOf(watch.Company.Key).Count);
    }

    [Fact]
    public async Task A_suspicion_that_waits_is_overtaken_and_carries_nothing_out_later()
    {
        var watch = await SweptAsync(w => w.Forge(1));
        Assert.Single(watch.Company.Rotation.Waiting, w => w.DecisionId is not null);
        watch.Forge(4);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        var process = watch.Company.NewProcess();
        await process.WorkAsync(TimeSpan.FromHours(6));
        Assert.Equal(2, watch.Company.Vault.VersionsOf(watch.Company.Key).Count);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(watch.Company);
    }

    [Fact]
    public async Task A_key_whose_trust_has_ended_already_is_asked_about_and_not_rotated_again()
    {
        var watch = await Watch.StartAsync();
        var forged = watch.Forge(5);
        var process = watch.Company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.DrainAsync();
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        var waiting = Assert.Single(watch.Company.Rotation.Waiting);
        Assert.Equal($"forgery-suspected/{forged[0].KeyThumbprint}", waiting.Cause);
        Assert.Contains(
            "an ended version",
            watch.Company.Decisions.All.Single(d => d.Id == waiting.DecisionId).Statement,
            StringComparison.Ordinal
        );
    }

    private static void Prepare(Watch w, string what)
    {
        var issuances = Enumerable.Range(0, 30).Select(n => w.Token(at: w.Now.AddMinutes(n - 29))).ToList();
        switch (what)
        {
            case "fewer tokens than it takes":
                w.Forge(2);
                break;
            case "a signature that was not said to be verified":
                w.Forge(5, verified: null);
                break;
            case "the key's thumbprint, but no word of a verified signature":
                Enumerable.Range(0, 5).ToList().ForEach(_ => w.Use(w.Token(verified: null, thumbprint: w.Kid)));
                break;
            case "a verified signature without a thumbprint":
                Enumerable.Range(0, 5).ToList().ForEach(_ => w.Use(w.Token() with { KeyThumbprint = null }));
                break;
            case "a gap in the issuer's log":
                issuances.ForEach(t => w.Issue(t, "pod-a", sequence: t == issuances[^1] ? 99 : issuances.IndexOf(t)));
                w.Forge(5);
                w.Company.Clock.Advance(TimeSpan.FromMinutes(15));
                w.SweepAsync().GetAwaiter().GetResult();
                w.Company.Clock.Advance(w.Options.HoldDeadline);
                break;
            case "a gap that has closed since":
                w.Issue(issuances[0], "pod-a", 1);
                w.Issue(issuances[^1], "pod-a", 3);
                w.Forge(5);
                w.SweepAsync().GetAwaiter().GetResult();
                w.Issue(issuances[15], "pod-a", 2);
                w.Use(w.Token(verified: false));
                break;
            case "another issuer's name":
                Enumerable.Range(0, 5).ToList().ForEach(_ => w.Use(w.Token(iss: "https://other.example")));
                break;
            case "tokens that were altered":
                foreach (var token in issuances.Take(5))
                {
                    w.Logs.Arrive(Watch.LineOf(token) with { Hash = StableId.HexOf("other", token.Jti!) });
                    w.Use(token);
                }

                break;
            case "one token from many places":
                var one = w.Token();
                Enumerable.Range(0, 60).ToList().ForEach(n => w.Use(one, $"203.0.{n}.1"));
                break;
            case "a signature that was found wrong":
                w.Forge(5, verified: false);
                break;
            case "a key of nobody here":
                Enumerable.Range(0, 5).ToList().ForEach(_ => w.Use(w.Token(thumbprint: "nobody")));
                break;
            case "honest tokens from many places":
                w.Issue(issuances[0], "pod-a");
                Enumerable.Range(0, 60).ToList().ForEach(n => w.Use(issuances[0], $"203.0.{n}.1"));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what));
        }
    }

    private static async Task<Watch> SweptAsync(
        Action<Watch> prepare,
        Action<RekeyOptions>? configure = null,
        Func<Watch, Task>? before = null
    )
    {
        var watch = await Watch.StartAsync(configure);
        await (before?.Invoke(watch) ?? Task.CompletedTask);
        prepare(watch);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        await watch.SweepAsync();
        return watch;
    }
}
