using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Rotations;

public sealed class ImmediateRotationTests
{
    [Fact]
    public async Task One_run_takes_an_immediate_rotation_from_planned_to_verified()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var old = company.Vault.Newest(company.Key).Public;

        await process.OrderAsync("departure-1", Urgency.Immediate);
        Assert.Equal(RotationState.Planned, company.Rotation.State);
        var progress = await process.GoAsync();

        Assert.Equal(new(RotationState.Verified, NextStepAt: null, IsNew: true), progress);
        var made = company.Vault.Newest(company.Key).Public;
        Assert.NotEqual(old.Version, made.Version);
        Assert.False(company.Vault.VersionsOf(company.Key)[0].Public.Enabled);
        var entry = Assert.Single(company.TrustList.Keys);
        Assert.Equal((made.Version, made.PublicKey.Thumbprint, true), (entry.Version, entry.Thumbprint, entry.Current));
        Assert.Equal([old.PublicKey.Thumbprint], company.TrustList.Revoked);
        Assert.Equal([made.PublicKey.Thumbprint], company.Jwks);
    }

    [Fact]
    public async Task The_ledger_tells_the_rotation_step_by_step()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var before = company.VerifiedLedger().Count;
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.GoAsync();

        Assert.Equal(
            [
                LedgerKinds.RotationPlanned,
                LedgerKinds.RotationAdmitted,
                LedgerKinds.VersionRequested,
                LedgerKinds.VersionTrusted,
                LedgerKinds.TrustPublished,
                LedgerKinds.VersionCurrent,
                "rotation-changed",
                LedgerKinds.IssuanceEnded,
                LedgerKinds.SigningStopped,
                "rotation-changed",
                LedgerKinds.TrustEnded,
                LedgerKinds.TrustPublished,
                "rotation-changed",
                LedgerKinds.RotationVerified,
            ],
            company.VerifiedLedger().Skip(before).Select(l => l.Entry.Kind)
        );
    }

    [Fact]
    public async Task Worthless_is_said_when_the_slowest_verifier_has_forgotten()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.GoAsync();

        var verified = company.VerifiedLedger().Single(l => l.Entry.Kind == LedgerKinds.RotationVerified).Entry.Facts;
        var worthless = DateTimeOffset.Parse(verified["worthlessAt"], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(company.Rotation.TrustEndedAt + TimeSpan.FromHours(13), worthless);
        Assert.Equal(worthless, RotationPolicy.WorthlessAt(company.Rotation, company.Options.Trust));
    }

    [Fact]
    public async Task A_jwks_that_lags_at_its_public_address_is_waited_for_and_then_stuck()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Address.Stale = company.Address.Serve("login");
        await process.OrderAsync("departure-1", Urgency.Immediate);

        Assert.Equal(RotationState.TrustEnded, (await process.GoAsync())!.State);
        company.Clock.Advance(company.Options.Rotations.VerifyPatience);
        Assert.Equal(RotationState.Stuck, (await process.GoAsync())!.State);
        Assert.Contains("rotation-stuck", company.Findings.Kinds);

        company.Address.Stale = null;
        company.Clock.Advance(company.Options.Rotations.StuckRetry);
        Assert.Equal(RotationState.Verified, (await process.GoAsync())!.State);
    }

    [Fact]
    public async Task A_version_with_mixed_operations_loses_sign_only_and_is_never_disabled()
    {
        var company = await Company.WithBaselineAsync(
            make: (c, k) => c.Vault.Add(k, operations: ["sign", "verify", "wrapKey", "unwrapKey"])
        );
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        Assert.Equal(RotationState.Verified, (await process.GoAsync())!.State);

        var old = company.Vault.VersionsOf(company.Key)[0].Public;
        Assert.True(old.Enabled);
        Assert.Equal(["verify", "wrapKey", "unwrapKey"], old.Operations);
        Assert.Contains(old.PublicKey.Thumbprint, company.TrustList.Revoked);
    }

    [Fact]
    public async Task A_version_that_appears_before_the_end_is_stopped_barred_and_a_finding()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Vault.Fault = (call, key, _) =>
        {
            if (call == "rotate")
            {
                company.Vault.Fault = (_, _, _) => { };
                company.Vault.Add(key);
            }
        };
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.GoAsync();

        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
        Assert.Contains("unknown-version", company.Findings.Kinds);
    }

    [Fact]
    public async Task Stopped_does_nothing_in_any_vault_and_the_rotation_waits()
    {
        var company = await Company.WithBaselineAsync();
        company.Options.Stopped = true;
        var process = company.NewProcess();
        company.Vault.Calls.Clear();
        await process.LeavesAsync(Company.Leaver);
        await process.WorkAsync(TimeSpan.FromMinutes(10));

        Assert.DoesNotContain(company.Vault.Calls, c =>
            c.StartsWith("rotate", StringComparison.Ordinal) || c.StartsWith("update", StringComparison.Ordinal)
        );
        Assert.True(company.Rotation.IsActive);

        company.Options.Stopped = false;
        await company.NewProcess().WorkAsync();
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }
}
