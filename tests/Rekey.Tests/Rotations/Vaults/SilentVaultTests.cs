using Rekey.Configuration;
using Rekey.Core;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Trust;

namespace Rekey.Tests.Rotations.Vaults;

/// <summary>One vault that does not answer concerns its own keys and no others.</summary>
public sealed class SilentVaultTests
{
    private static readonly Uri Other = new("https://kv-prod-02.vault.azure.net");

    [Fact]
    public async Task A_version_that_another_vault_does_not_show_holds_back_no_containment()
    {
        // The second key is trusted, and no list has ever shown it.
        var company = Company.Found(keys: 2, InTwoVaults);
        var process = company.NewProcess();
        await process.TakeBaselines.RunAsync(default);
        company.Vault.Fault = Silent(company.GovernedKeys.Keys[1].Key, "public");
        foreach (var decision in company.Decisions.All)
        {
            await process.SayAsync(decision, approve: true);
        }

        var old = Assert.Single(company.TrustList.Keys).Thumbprint;
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.GoAsync();

        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.Contains(old, company.TrustList.Revoked);
        Assert.Equal(company.Rotation.NewThumbprint, Assert.Single(company.TrustList.Keys).Thumbprint);
        await Assert.ThrowsAsync<RetryLaterException>(async () => (await process.Publish.PublishAsync(default)).Whole());
    }

    [Fact]
    public async Task A_new_version_that_its_vault_does_not_show_is_waited_for_only_so_long()
    {
        var company = await Company.WithBaselineAsync(keys: 2);
        var process = company.NewProcess();
        var old = company.TrustList.Keys.Single(k => k.KeyId == company.Key.Id).Thumbprint;
        await process.OrderAsync("departure-1", Urgency.Immediate);
        company.Vault.Fault = Silent(company.Key, "public");
        await process.GoAsync();
        Assert.Equal(RotationState.VersionCreated, company.Rotation.State);
        Assert.DoesNotContain(old, company.TrustList.Revoked);

        company.Clock.Advance(company.Options.Rotations.SuccessorPatience);
        await process.GoAsync();
        Assert.Contains(old, company.TrustList.Revoked);

        company.Vault.Fault = (_, _, _) => { };
        await process.WorkAsync();
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.Contains(company.Rotation.NewThumbprint, company.Jwks);
        Assert.DoesNotContain(old, company.Jwks);
    }

    [Fact]
    public async Task A_graceful_rotation_waits_for_its_new_version_to_be_shown()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("age/1", Urgency.Graceful);
        company.Vault.Fault = Silent(company.Key, "public");
        await process.WorkAsync(TimeSpan.FromHours(5));
        Assert.Null(company.Rotation.AnnouncedAt);
        Assert.Empty(company.TrustList.Revoked);

        company.Vault.Fault = (_, _, _) => { };
        await process.WorkAsync();
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task What_stands_in_one_vault_is_seen_while_another_is_silent()
    {
        var company = Company.Found(keys: 2, InTwoVaults);
        company.Vault.Fault = Silent(company.Key, "list");
        var process = company.NewProcess();
        await Assert.ThrowsAsync<RetryLaterException>(() => process.TakeBaselines.RunAsync(default));
        var question = Assert.Single(company.Decisions.All);
        Assert.Equal(Other.Authority, question.About);

        // An answer about one vault asks no other.
        await process.SayAsync(question, approve: true);
        Assert.Equal(company.GovernedKeys.Keys[1].Key.Id, Assert.Single(company.TrustList.Keys).KeyId);
        var theirs = company.Vault.Add(company.GovernedKeys.Keys[1].Key).Public.Version;
        await Assert.ThrowsAsync<RetryLaterException>(() => process.TakeBaselines.RunAsync(default));
        Assert.Contains(company.Findings.ById.Values, f =>
            f.Kind == "unknown-version" && f.About.EndsWith(theirs, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task How_old_a_key_is_stands_in_the_ledger_and_no_vault_is_asked()
    {
        var company = await Company.WithBaselineAsync(keys: 2, InTwoVaults);
        company.Clock.Advance(company.Options.Rotations.MaxKeyAge!.Value);
        company.Vault.Fault = Silent(company.Key, "get");
        await company.NewProcess().RotateByAge.RunAsync(default);
        Assert.All(company.GovernedKeys.Keys, k => Assert.NotNull(company.RotationOf(k.Key)));
    }

    [Fact]
    public async Task A_version_that_comes_up_while_a_long_rotation_runs_is_told_at_once()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("age/1", Urgency.Graceful);
        await process.GoAsync();
        Assert.Equal(RotationState.VersionCreated, company.Rotation.State);
        await process.TakeBaselines.RunAsync(default);
        Assert.DoesNotContain(company.Findings.ById.Values, f => f.Kind == "unknown-version");

        company.Clock.Advance(TimeSpan.FromMinutes(10));
        var theirs = company.Vault.Add(company.Key).Public.Version;
        await process.TakeBaselines.RunAsync(default);
        Assert.Equal($"{company.Key.Id}/{theirs}", Assert.Single(company.Findings.ById.Values, f => f.Kind == "unknown-version").About);
    }

    [Fact]
    public async Task What_a_rotation_has_just_made_is_no_stranger()
    {
        // It dies behind the vault's answer: a version stands there that no record names.
        var company = await Company.WithBaselineAsync();
        var fate = new DiesBehind("rotate");
        var doomed = company.NewProcess(fate);
        await doomed.OrderAsync("departure-1", Urgency.Immediate);
        await Assert.ThrowsAsync<ProcessDiedException>(() => doomed.GoAsync());
        var process = company.NewProcess();
        await process.TakeBaselines.RunAsync(default);
        Assert.DoesNotContain(company.Findings.ById.Values, f => f.Kind == "unknown-version");

        // A second one cannot be the rotation's, whichever of the two it is.
        company.Vault.Add(company.Key);
        await process.TakeBaselines.RunAsync(default);
        Assert.Equal(2, company.Findings.ById.Values.Count(f => f.Kind == "unknown-version"));
    }

    private static void InTwoVaults(RekeyOptions options) => options.Keys[1].VaultUri = Other;

    private static Action<string, SigningKey, string?> Silent(SigningKey key, string call) =>
        (called, about, _) =>
        {
            if (called == call && about.Id == key.Id)
            {
                throw new RetryLaterException("The vault does not answer.");
            }
        };

    private sealed class DiesBehind(string kind) : Fate
    {
        protected override Task AfterAsync(int number, string what)
        {
            if (what == kind)
            {
                Die();
            }

            return Task.CompletedTask;
        }
    }
}
