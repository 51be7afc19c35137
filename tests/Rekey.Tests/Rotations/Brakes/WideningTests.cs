using Rekey.Core;
using Rekey.Rotations;
using Rekey.Rotations.Steps.Draining;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Rotations.Brakes;

/// <summary>A cause that comes while another's rotation runs.</summary>
public sealed class WideningTests
{
    [Fact]
    public async Task A_graceful_rotation_that_becomes_immediate_covers_both_versions_and_makes_a_third()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("age/1", Urgency.Graceful);
        await process.GoAsync();
        company.Clock.Advance(TimeSpan.FromMinutes(5));

        await process.OrderAsync("departure-1", Urgency.Immediate);
        Assert.Equal(RotationState.Verified, (await process.GoAsync())!.State);

        Assert.Equal(3, company.Vault.VersionsOf(company.Key).Count);
        Assert.Equal(2, company.TrustList.Revoked.Count);
        Assert.Equal(["age/1", "departure-1"], company.Rotation.Causes);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_version_made_after_access_had_ended_is_shared_and_becomes_current_at_once()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var accessEnded = company.Now;
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        await process.OrderAsync("age/1", Urgency.Graceful);
        await process.GoAsync();

        await process.OrderAsync("departure-1", Urgency.Immediate, coveredUntil: accessEnded);
        await process.GoAsync();

        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_version_of_the_very_second_in_which_access_ended_is_not_shared()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Graceful);
        await process.GoAsync();
        await process.OrderAsync("departure-2", Urgency.Immediate, coveredUntil: company.Rotation.VersionCreatedAt);
        await process.GoAsync();

        Assert.Equal(3, company.Vault.VersionsOf(company.Key).Count);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task Two_causes_that_wait_together_are_one_rotation()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.OrderAsync("departure-2", Urgency.Immediate);
        await process.GoAsync();

        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
        Assert.Equal(["departure-1", "departure-2"], company.Rotation.Causes);
    }

    /// <summary>T3: urgency only rises, whichever cause is admitted first, at the same time or while the rotation waits.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_cause_that_is_less_urgent_does_not_make_an_immediate_rotation_graceful(bool immediateFirst, bool whileItRuns)
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Vault.Fault = (call, _, _) => _ = whileItRuns && call == "rotate" ? throw new RetryLaterException("Not now.") : 0;
        await process.OrderAsync(immediateFirst ? "departure-1" : "age/1", immediateFirst ? Urgency.Immediate : Urgency.Graceful);
        if (whileItRuns)
        {
            await process.GoAsync();
            Assert.Equal((Urgency.Immediate, true), (company.Rotation.Urgency, company.Rotation.IsRunning));
        }

        await process.OrderAsync(immediateFirst ? "age/1" : "departure-1", immediateFirst ? Urgency.Graceful : Urgency.Immediate);
        await process.GoAsync();
        Assert.Equal(2, company.Rotation.Causes.Count);
        Assert.Equal(Urgency.Immediate, company.Rotation.Urgency);

        company.Vault.Fault = (_, _, _) => { };
        await process.WorkAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.Single(company.TrustList.Revoked);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_version_on_record_from_a_dead_process_is_not_shared_with_a_departure_that_came_after_it()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);

        // It dies when its version is in the ledger, before the table knows of it.
        var doomed = company.NewProcess(new DiesAt(Array.IndexOf(await EffectsAsync(), "rotate") + 2, afterIt: true));
        await Assert.ThrowsAsync<ProcessDiedException>(doomed.GoAsync);
        Assert.Null(company.Rotation.NewVersion);
        company.Clock.Advance(TimeSpan.FromMinutes(5));
        await company.NewProcess().OrderAsync("departure-2", Urgency.Immediate);
        await company.NewProcess().GoAsync();

        Assert.Equal(3, company.Vault.VersionsOf(company.Key).Count);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_cause_that_comes_to_a_stuck_rotation_takes_it_up_at_once()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.SigningLog.Seen = SigningActivity.Unknown;
        await process.OrderAsync("age/1", Urgency.Graceful);
        await process.GoAsync();
        company.Clock.Advance(company.Options.Trust.AnnounceTime);
        Assert.Equal(RotationState.Stuck, (await process.GoAsync())!.State);

        await process.OrderAsync("departure-1", Urgency.Immediate);
        Assert.Equal(RotationState.Verified, (await process.GoAsync())!.State);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task The_same_cause_never_rotates_twice_not_even_when_the_rotation_is_history()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        foreach (var cause in new[] { "departure-1", "departure-1", "departure-2", "departure-1", "departure-2" })
        {
            await process.OrderAsync(cause, Urgency.Immediate);
            await process.GoAsync();
            company.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Equal(3, company.Vault.VersionsOf(company.Key).Count);
        Assert.Equal(2, company.Rotation.Number);
        Assert.Single(company.Rotations.All);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    private static async Task<string[]> EffectsAsync()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        var process = company.NewProcess();
        await process.GoAsync();
        return [.. process.Fate.Effects];
    }
}
