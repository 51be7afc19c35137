using Rekey.Core;
using Rekey.Decisions;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Trust.Vaults;

namespace Rekey.Tests.Rotations;

/// <summary>A vault that gives no new version does not keep a stolen key alive.</summary>
public sealed class ContainmentTests
{
    [Theory]
    [InlineData(VaultReasons.Forbidden)]
    [InlineData(VaultReasons.Deleted)]
    [InlineData(VaultReasons.Managed)]
    public async Task A_refused_rotation_ends_the_trust_all_the_same_when_the_issuer_has_another_key(string reason)
    {
        var company = await Company.WithBaselineAsync(keys: 2);
        var process = company.NewProcess();
        var old = company.Vault.Newest(company.Key).Public;
        company.Vault.Fault = Refuse(
            reason,
            call => call is "rotate" || (reason == VaultReasons.Deleted && call is not "public"),
            company.Key
        );

        await process.OrderAsync("departure-1", Urgency.Immediate);
        var progress = await process.GoAsync();

        Assert.Equal(RotationState.Stuck, progress!.State);
        Assert.NotNull(company.Rotation.TrustEndedAt);
        Assert.Equal([old.PublicKey.Thumbprint], company.TrustList.Revoked);
        Assert.DoesNotContain(old.PublicKey.Thumbprint, company.Jwks);
        Assert.Contains(company.Findings.Open, f => f.Kind == "rotation-stuck" && f.Evidence["reason"] == reason);

        // Permission comes: it is taken up again and finished.
        company.Vault.Fault = (_, _, _) => { };
        await process.WorkAsync(TimeSpan.FromHours(1));
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == "rotation-stuck");
        Assert.Equal(2, company.TrustList.Keys.Count);
        Assert.False(company.Vault.VersionsOf(company.Key)[0].Public.CanSign);
    }

    [Fact]
    public async Task Without_another_key_it_is_a_question_that_carries_itself_out()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Vault.Fault = Refuse(VaultReasons.Forbidden, call => call is "rotate", company.Key);
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.GoAsync();

        var decision = Assert.Single(company.Decisions.All, d => d.Kind == DecisionKinds.EndTrustWithoutSuccessor);
        Assert.Equal(OnExpiry.CarryOut, decision.OnExpiry);
        Assert.Single(company.TrustList.Keys);
        await process.WorkAsync(company.Options.Decisions.TimeToAnswer - TimeSpan.FromMinutes(20));
        Assert.Single(company.TrustList.Keys);
        await process.WorkAsync(TimeSpan.FromMinutes(40));

        Assert.Empty(company.TrustList.Keys);
        Assert.Empty(company.Jwks);
        Assert.Single(company.TrustList.Revoked);
        Assert.Single(company.Decisions.All, d => d.Kind == DecisionKinds.EndTrustWithoutSuccessor);
    }

    [Fact]
    public async Task A_yes_ends_the_trust_at_once_and_a_no_keeps_it()
    {
        foreach (var yes in new[] { true, false })
        {
            var company = await Company.WithBaselineAsync();
            var process = company.NewProcess();
            company.Vault.Fault = Refuse(VaultReasons.Forbidden, call => call is "rotate", company.Key);
            await process.OrderAsync("departure-1", Urgency.Immediate);
            await process.GoAsync();
            await process.SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.EndTrustWithoutSuccessor), yes);
            await process.DrainAsync();

            Assert.Equal(yes ? 0 : 1, company.TrustList.Keys.Count);
            await process.WorkAsync(TimeSpan.FromHours(5));
            Assert.Equal(yes ? 0 : 1, company.TrustList.Keys.Count);
            Assert.Single(company.Decisions.All, d => d.Kind == DecisionKinds.EndTrustWithoutSuccessor);
        }
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_is_waited_for_and_then_contained_without()
    {
        var company = await Company.WithBaselineAsync(keys: 2);
        var process = company.NewProcess();
        var old = company.Vault.Newest(company.Key).Public.PublicKey.Thumbprint;
        company.Vault.Fault = (call, _, _) => throw new RetryLaterException("No route.", TimeSpan.FromHours(2));
        await process.OrderAsync("departure-1", Urgency.Immediate);

        var progress = await process.GoAsync();
        Assert.Equal(company.Now + company.Options.Rotations.SuccessorPatience, progress!.NextStepAt);
        Assert.Contains(old, company.Jwks);
        company.Clock.Advance(company.Options.Rotations.SuccessorPatience);
        await process.GoAsync();

        // The other key of the unreachable vault stays published, from the standing list.
        Assert.DoesNotContain(old, company.Jwks);
        Assert.Single(company.TrustList.Keys);
        Assert.Equal([old], company.TrustList.Revoked);
        Assert.Contains(company.Findings.ById.Values, f => f.Evidence.GetValueOrDefault("reason") == VaultReasons.Unreachable);

        company.Vault.Fault = (_, _, _) => { };
        await process.WorkAsync();
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.Equal(2, company.Jwks.Count);
    }

    [Fact]
    public async Task A_rotation_that_comes_back_asks_the_vault_before_it_gives_up_again()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Vault.Fault = Refuse(VaultReasons.Forbidden, call => call is "rotate", company.Key);
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.GoAsync();
        company.Vault.Fault = (_, _, _) => { };
        company.Clock.Advance(company.Options.Rotations.StuckRetry);

        Assert.Equal(RotationState.Verified, (await process.GoAsync())!.State);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_disable_that_is_refused_holds_back_neither_the_end_of_trust_nor_the_other_versions()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var first = company.Vault.Newest(company.Key).Public;
        var imported = company.Vault.Add(company.Key).Public;
        company.Vault.Fault = (call, _, version) =>
        {
            if (call == "update" && version == first.Version)
            {
                throw new CannotContinueException(VaultReasons.Forbidden, "No.", "Allow it.");
            }
        };
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        await process.OrderAsync("departure-1", Urgency.Immediate);
        var progress = await process.GoAsync();

        Assert.Equal(RotationState.Stuck, progress!.State);
        Assert.NotNull(company.Rotation.TrustEndedAt);
        Assert.False(company.Vault.VersionsOf(company.Key)[1].Public.Enabled);
        Assert.Equal(
            new[] { first.PublicKey.Thumbprint, imported.PublicKey.Thumbprint }.Order(StringComparer.Ordinal),
            company.TrustList.Revoked
        );
        Assert.Equal([company.Rotation.NewThumbprint!], company.Jwks);
        Assert.True(company.Rotation.OldVersions.Single(v => v.Version == first.Version).CanSign);

        company.Vault.Fault = (_, _, _) => { };
        await process.WorkAsync(TimeSpan.FromHours(1));
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_refusal_that_no_step_expects_is_stuck_with_a_finding_and_not_silence()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Vault.Fault = Refuse(VaultReasons.Forbidden, call => call is "list", company.Key);
        await process.OrderAsync("departure-1", Urgency.Immediate);

        Assert.Equal(RotationState.Stuck, (await process.GoAsync())!.State);
        Assert.Null(company.Rotation.LeaseUntil);
        Assert.Equal([company.Rotation.NewThumbprint!], company.Jwks);
        Assert.Contains("rotation-stuck", company.Findings.Kinds);
    }

    private static Action<string, Rekey.Trust.SigningKey, string?> Refuse(
        string reason,
        Func<string, bool> calls,
        Rekey.Trust.SigningKey only
    ) =>
        (call, key, _) =>
        {
            if (key.Equals(only) && calls(call))
            {
                throw new CannotContinueException(reason, "The vault refuses.", "Allow it.");
            }
        };
}
