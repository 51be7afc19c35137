using Rekey.Configuration;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Detections.Sweeps;
using Rekey.Rotations;
using Rekey.Rotations.Steps.Draining;
using Rekey.Tests.Doubles;
using Rekey.Trust.Vaults;

namespace Rekey.Tests.Rotations;

public sealed class GracefulRotationTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Verifiers_get_the_new_version_before_issuers_and_the_old_one_lives_as_long_as_its_tokens()
    {
        var company = await Company.WithBaselineAsync();
        var (process, trust) = (company.NewProcess(), company.Options.Trust);
        var old = company.Vault.Newest(company.Key).Public;
        await process.OrderAsync("age/1", Urgency.Graceful);

        // Announced: both are published, the old one is current.
        var announced = company.Now;
        Assert.Equal(new(RotationState.VersionCreated, announced + trust.AnnounceTime, IsNew: true), await process.GoAsync());
        Assert.Equal(2, company.Jwks.Count);
        Assert.Equal(old.Version, Current(company));

        // Not a second before AnnounceTime.
        company.Clock.Advance(trust.AnnounceTime - Second);
        await process.Publish.PublishAsync(default);
        Assert.Equal(RotationState.VersionCreated, (await process.GoAsync())!.State);
        Assert.Equal(old.Version, Current(company));

        // Current, and published as such. Of the last LogLag the log knows nothing, so silence is a whole window that is as old as that.
        company.Clock.Advance(Second);
        var silence = Silence(company);
        Assert.Equal(new(RotationState.VersionCreated, company.Now + silence, IsNew: true), await process.GoAsync());
        Assert.Equal(company.Rotation.NewVersion, Current(company));
        company.Clock.Advance(silence - Second);
        Assert.Equal(RotationState.VersionCreated, (await process.GoAsync())!.State);
        Assert.True(company.Vault.VersionsOf(company.Key)[0].Public.Enabled);

        // Silent for the whole window, it stops signing.
        company.Clock.Advance(Second);
        var stopped = company.Now;
        Assert.Equal(
            new(RotationState.SigningStopped, stopped + trust.MaxTokenLifetime + trust.ClockSkew, IsNew: true),
            await process.GoAsync()
        );
        Assert.Equal(company.Rotation.NewVersion, Current(company));
        Assert.False(company.Vault.VersionsOf(company.Key)[0].Public.Enabled);
        var entry = company.TrustList.Keys.Single(k => k.Version == old.Version);
        Assert.Equal((stopped, stopped + trust.MaxTokenLifetime + trust.ClockSkew), (entry.Window.IssuedUntil, entry.Window.TrustedUntil));
        Assert.Empty(company.TrustList.Revoked);
        var windows = SweepWindows.Of(await process.TrustLedger.ReadAsync(default), company.GovernedKeys, trust);
        Assert.Equal(entry.Window.TrustedUntil, windows.TrustedUntil(entry.Issuer, entry.Kid));

        // Its last honest token dies.
        company.Clock.Advance(trust.MaxTokenLifetime + trust.ClockSkew - Second);
        Assert.Equal(RotationState.SigningStopped, (await process.GoAsync())!.State);
        company.Clock.Advance(Second);
        Assert.Equal(RotationState.Verified, (await process.GoAsync())!.State);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task An_old_version_that_still_signs_is_waited_for_and_seen()
    {
        var company = await AnnouncedAsync();
        company.SigningLog.Seen = SigningActivity.Some;
        var process = company.NewProcess();

        // While issuers are still hearing of the new version it is no fault that they use the old one.
        Assert.Equal(new(RotationState.VersionCreated, company.Now + Silence(company), IsNew: true), await process.GoAsync());
        Assert.Empty(company.Findings.Kinds);
        company.Clock.Advance(Silence(company));
        Assert.Equal(RotationState.Stuck, (await process.GoAsync())!.State);
        Assert.Equal("old-versions-still-sign", company.Rotation.StuckReason);
        Assert.True(company.Vault.VersionsOf(company.Key)[0].Public.Enabled);

        company.SigningLog.Seen = SigningActivity.None;
        await process.WorkAsync();
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    /// <summary>T5: of the last LogLag the log may lack rows, so the silence that counts is as long again.</summary>
    [Theory]
    [InlineData(2, -1, false)]
    [InlineData(1, 1, false)]
    [InlineData(2, 1, true)]
    public async Task A_signature_counts_for_two_log_lags(int logLags, int seconds, bool stops)
    {
        var company = await AnnouncedAsync();
        company.SigningLog.Seen = null;
        var process = company.NewProcess();
        await process.GoAsync();
        company.Clock.Advance(Silence(company) + TimeSpan.FromMinutes(1));

        var old = company.Vault.VersionsOf(company.Key)[0].Public;
        var signedAt = company.Now - (logLags * company.Options.Rotations.LogLag) - TimeSpan.FromSeconds(seconds);
        company.SigningLog.Rows.Add((old.Version, signedAt, company.Now));
        await process.GoAsync();
        Assert.Equal(stops ? RotationState.SigningStopped : RotationState.Stuck, company.Rotation.State);
        Assert.Equal(!stops, company.Vault.VersionsOf(company.Key)[0].Public.Enabled);
    }

    [Fact]
    public async Task Without_a_log_a_person_says_that_nobody_signs_with_the_old_version()
    {
        var company = await AnnouncedAsync();
        company.SigningLog.Seen = SigningActivity.Unknown;
        var process = company.NewProcess();
        await process.GoAsync();
        Assert.Equal("no-proof-that-old-versions-are-unused", company.Rotation.StuckReason);

        var decision = company.Decisions.All.Single(d => d.Kind == DecisionKinds.StopSigningWithoutEvidence);
        Assert.Equal(OnExpiry.Lapse, decision.OnExpiry);
        await process.SayAsync(decision, approve: true);
        await process.DrainAsync();
        Assert.Equal(RotationState.SigningStopped, company.Rotation.State);
        Assert.False(company.Vault.VersionsOf(company.Key)[0].Public.Enabled);
    }

    [Fact]
    public async Task It_is_asked_again_some_time_after_silence_or_a_no()
    {
        foreach (var says in new bool?[] { null, false })
        {
            var (company, process) = await AskedAsync(says);
            await process.WorkAsync(company.Options.Rotations.AskAgainAfter - TimeSpan.FromHours(1));
            Assert.Single(company.Decisions.All, d => d.Kind == DecisionKinds.StopSigningWithoutEvidence);
            await process.WorkAsync(TimeSpan.FromHours(2) + (says is null ? company.Options.Decisions.TimeToAnswer : TimeSpan.Zero));
            Assert.Equal(2, company.Decisions.All.Count(d => d.Kind == DecisionKinds.StopSigningWithoutEvidence));

            await process.SayAsync(
                company.Decisions.All.Single(d =>
                    d.Kind == DecisionKinds.StopSigningWithoutEvidence && d.StateAt(company.Now) is DecisionState.Pending
                ),
                approve: true
            );
            await process.DrainAsync();
            Assert.Equal(RotationState.SigningStopped, company.Rotation.State);
        }
    }

    [Fact]
    public async Task Silence_or_a_no_never_stops_an_issuer()
    {
        foreach (var says in new bool?[] { null, false })
        {
            var (company, process) = await AskedAsync(says);
            await process.WorkAsync(TimeSpan.FromHours(8));
            Assert.True(company.Vault.VersionsOf(company.Key)[0].Public.Enabled);
            Assert.Equal(RotationState.Stuck, company.Rotation.State);
        }
    }

    [Fact]
    public async Task Without_a_log_the_configured_time_may_stand_for_it()
    {
        var company = await AnnouncedAsync(o => o.Rotations.AssumeDrainedAfter = TimeSpan.FromHours(2));
        company.SigningLog.Seen = SigningActivity.Unknown;
        var process = company.NewProcess();

        Assert.Equal(new(RotationState.VersionCreated, company.Now + TimeSpan.FromHours(2), IsNew: true), await process.GoAsync());
        company.Clock.Advance(TimeSpan.FromHours(2) - Second);
        Assert.Equal(RotationState.VersionCreated, (await process.GoAsync())!.State);
        company.Clock.Advance(Second);
        Assert.Equal(RotationState.SigningStopped, (await process.GoAsync())!.State);
    }

    [Fact]
    public async Task A_refused_new_version_leaves_everything_as_it_is_until_permission_comes()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Vault.Fault = (call, _, _) =>
        {
            if (call == "rotate")
            {
                throw new CannotContinueException(VaultReasons.Forbidden, "No.", "Allow it.");
            }
        };
        await process.OrderAsync("age/1", Urgency.Graceful);
        await process.WorkAsync(TimeSpan.FromHours(5));
        Assert.Equal(RotationState.Stuck, company.Rotation.State);
        Assert.True(Assert.Single(company.TrustList.Keys).Current);

        company.Vault.Fault = (_, _, _) => { };
        await process.WorkAsync();
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_cause_that_comes_while_a_step_is_saved_is_due_at_once_and_an_unanswered_one_when_its_time_ends()
    {
        var company = await AnnouncedAsync(o =>
        {
            o.Trust.MaxTokenLifetime = TimeSpan.FromHours(24);
            o.Trust.VerifierCacheTime = TimeSpan.FromHours(48);
        });
        var process = company.NewProcess();
        await process.GoAsync();
        company.Clock.Advance(Silence(company));
        Assert.Equal(RotationState.SigningStopped, (await process.GoAsync())!.State);
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, OnExpiry.CarryOut);
        var asked = company.Now;

        Assert.Equal(asked + company.Options.Decisions.TimeToAnswer, (await process.GoAsync())!.NextStepAt);
        await process.WorkAsync(TimeSpan.FromHours(5));
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
        Assert.True(company.Now <= asked + TimeSpan.FromHours(5));
    }

    /// <summary>Nobody can tell whether the old version still signs: somebody is asked, and answers or not.</summary>
    private static async Task<(Company Company, Process Process)> AskedAsync(bool? answer)
    {
        var company = await AnnouncedAsync();
        company.SigningLog.Seen = SigningActivity.Unknown;
        var process = company.NewProcess();
        await process.GoAsync();
        if (answer is { } yes)
        {
            await process.SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.StopSigningWithoutEvidence), yes);
        }

        return (company, process);
    }

    private static async Task<Company> AnnouncedAsync(Action<RekeyOptions>? configure = null)
    {
        var company = await Company.WithBaselineAsync(configure: configure);
        var process = company.NewProcess();
        await process.OrderAsync("age/1", Urgency.Graceful);
        await process.GoAsync();
        company.Clock.Advance(company.Options.Trust.AnnounceTime);
        return company;
    }

    /// <summary>How long after the switch the log can say that the old version is silent.</summary>
    private static TimeSpan Silence(Company company) => company.Options.Trust.JwksMaxAge + (2 * company.Options.Rotations.LogLag);

    private static string Current(Company company) => Assert.Single(company.TrustList.Keys, k => k.Current).Version;
}
