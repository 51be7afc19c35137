using Rekey.Core;
using Rekey.Exposures.Audit;
using Rekey.Rotations;
using Rekey.Rotations.Steps.Draining;
using Rekey.Tests.Doubles.Vaults;
using Rekey.Tests.VaultAccess.Drifts;

namespace Rekey.Tests.Exposures;

/// <summary>Whether an old version still signs, by the vault's audit log.</summary>
public sealed class AuditedSignaturesTests
{
    [Fact]
    public async Task One_signature_of_an_old_version_is_proof_and_refused_ones_are_none()
    {
        var world = await ExposureWorld.StartAsync();
        world.Does("keysign", 1, oid: "issuer", status: 403);
        Assert.Equal(SigningActivity.None, await AskAsync(world));
        world.Does("keysign", 1, oid: "issuer");
        Assert.Equal(SigningActivity.Some, await AskAsync(world));
    }

    [Fact]
    public async Task Signatures_of_the_new_version_show_that_the_log_goes_on()
    {
        var world = await ExposureWorld.StartAsync();
        world.Does("keysign", 1, oid: "issuer", version: "fedcba9876543210fedcba9876543210");
        Assert.Equal(SigningActivity.None, await AskAsync(world));
    }

    [Fact]
    public async Task A_log_without_a_row_of_the_vault_proves_nothing()
    {
        var world = await ExposureWorld.StartAsync();
        Assert.Equal(SigningActivity.Unknown, await AskAsync(world));
    }

    [Fact]
    public async Task A_row_without_a_version_and_a_torn_log_prove_nothing()
    {
        var world = await ExposureWorld.StartAsync();
        world.Does("keysign", 1, oid: "issuer", version: "");
        Assert.Equal(SigningActivity.Unknown, await AskAsync(world));
        world.Audit.Rows.Clear();
        world.Does("keyget", 1, oid: "rekey");
        world.Audit.IsTorn = true;
        Assert.Equal(SigningActivity.Unknown, await AskAsync(world));
    }

    [Fact]
    public async Task In_a_quiet_vault_it_makes_a_row_and_asks_again()
    {
        var world = await ExposureWorld.StartAsync();
        world.Does("keyget", 1, oid: "rekey", at: world.Company.Now - TimeSpan.FromHours(1));
        world.Company.Vault.Calls.Clear();
        await Assert.ThrowsAsync<RetryLaterException>(() => AskAsync(world));
        Assert.NotEmpty(world.Company.Vault.Calls);
        world.Does("keyget", 1, oid: "rekey");
        Assert.Equal(SigningActivity.None, await AskAsync(world));
    }

    [Theory]
    [InlineData(SigningActivity.None, SigningActivity.None, SigningActivity.None)]
    [InlineData(SigningActivity.None, SigningActivity.Unknown, SigningActivity.None)]
    [InlineData(SigningActivity.Unknown, SigningActivity.None, SigningActivity.None)]
    [InlineData(SigningActivity.Some, SigningActivity.None, SigningActivity.Some)]
    [InlineData(SigningActivity.None, SigningActivity.Some, SigningActivity.Some)]
    [InlineData(SigningActivity.Unknown, SigningActivity.Unknown, SigningActivity.Unknown)]
    public async Task Any_log_that_shows_use_decides_and_one_whole_log_is_enough(
        SigningActivity one,
        SigningActivity other,
        SigningActivity expected
    )
    {
        var world = await ExposureWorld.StartAsync();
        var (first, second) = (
            new FakeSigningLog(world.Company.Clock) { Seen = one },
            new FakeSigningLog(world.Company.Clock) { Seen = other }
        );
        Assert.Equal(
            expected,
            await new SigningLogs([first, second]).SinceAsync(world.Key(1), [world.Version(1)], world.Company.Now, default)
        );
    }

    /// <summary>A rotation by age ends without a person, by the audit log alone.</summary>
    [Fact]
    public async Task A_graceful_rotation_finishes_by_the_audit_log_alone()
    {
        var world = await ExposureWorld.StartAsync();
        world.Company.SigningOf = p => Log(world);
        var old = world.Version(1);
        var process = world.Company.NewProcess();
        await process.OrderAsync("age/1", Urgency.Graceful);
        world.Company.Vault.Fault = (_, key, version) =>
            world.Audit.Rows.Add(new(world.Company.Now, "keyget", AzureEstate.Host, key.Name, version ?? "", "rekey"));
        await process.WorkAsync(TimeSpan.FromDays(2));
        Assert.NotEqual(old, world.Version(1));
        Assert.NotNull(world.Company.Rotation.SigningStoppedAt);
        Assert.DoesNotContain(world.Company.Decisions.All, d => d.Kind == Rekey.Decisions.DecisionKinds.StopSigningWithoutEvidence);
    }

    [Fact]
    public async Task Without_a_log_the_question_says_which_would_help()
    {
        var world = await ExposureWorld.StartAsync(hasLog: false);
        world.Company.SigningOf = _ => new NoSigningLog();
        var process = world.Company.NewProcess();
        await process.OrderAsync("age/1", Urgency.Graceful);
        await process.WorkAsync(TimeSpan.FromDays(2));
        var asked = world.Company.Decisions.All.First(d => d.Kind == Rekey.Decisions.DecisionKinds.StopSigningWithoutEvidence);
        Assert.Contains("AZKVAuditLogs", asked.Statement, StringComparison.Ordinal);
    }

    private static AuditedSignatures Log(ExposureWorld world) =>
        new(
            world.Audit,
            new VaultClient(world.Company.Vault, Doubles.Faults.Fate.Immortal),
            world.Company.Options.Rotations,
            world.Company.Clock
        );

    private static Task<SigningActivity> AskAsync(ExposureWorld world) =>
        Log(world).SinceAsync(world.Key(1), [world.Version(1)], world.Company.Now - TimeSpan.FromMinutes(30), default);
}
