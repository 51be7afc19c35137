using Rekey.Decisions;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Rotations.Vaults;

/// <summary>A vault with hundreds of keys: nobody waits for its baseline, and it is taken in few appends.</summary>
public sealed class LargeVaultTests
{
    [Fact]
    public async Task The_baseline_of_a_large_vault_is_taken_by_the_timer_in_few_appends()
    {
        var company = Company.Found(keys: 300);
        await company.NewProcess().TakeBaselines.RunAsync(default);
        company.Vault.Calls.Clear();
        Assert.Null(
            (
                await company.NewProcess().SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Baseline), approve: true)
            ).Refusal
        );
        Assert.Empty(company.Vault.Calls);

        var timer = company.NewProcess(new TakesTime());
        await timer.TakeBaselines.RunAsync(default);
        Assert.InRange(timer.Fate.Effects.Count(e => e == "append ledger"), 2, 30);
        await timer.Publish.PublishAsync(default);
        Assert.Equal(300, company.TrustList.Keys.Count);
    }

    /// <summary>As over a network: what is begun meanwhile waits together.</summary>
    private sealed class TakesTime : Fate
    {
        protected override async Task BeforeAsync(int number, string what) => await Task.Yield();
    }

    [Fact]
    public async Task An_answer_about_one_vault_asks_no_other()
    {
        var company = Company.Found(keys: 2, o => o.Keys[1].VaultUri = new("https://kv-prod-02.vault.azure.net"));
        await company.NewProcess().TakeBaselines.RunAsync(default);
        company.Vault.Calls.Clear();
        await company.NewProcess().SayAsync(company.Decisions.All.Single(d => d.About == "kv-prod-01.vault.azure.net"), approve: true);
        Assert.Single(company.TrustList.Keys);
        Assert.DoesNotContain(company.Vault.Calls, c => c.Contains("kv-prod-02", StringComparison.Ordinal));
    }
}
