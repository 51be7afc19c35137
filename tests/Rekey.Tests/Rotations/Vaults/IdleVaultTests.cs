using Rekey.Core;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Rotations.Vaults;

/// <summary>Standing still is cheap: a key that nothing happened to costs nothing but its line in the vault's list.</summary>
public sealed class IdleVaultTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public async Task A_vault_is_asked_once_a_look_however_many_keys_it_has(int keys)
    {
        var (company, process) = await IdleAsync(keys);
        await process.TakeBaselines.RunAsync(default);
        Assert.Equal([$"keys {company.Key.VaultUri.Authority}"], company.Vault.Calls);
    }

    [Fact]
    public async Task A_version_that_comes_up_is_seen_at_the_next_look()
    {
        var (company, process) = await IdleAsync(keys: 3);
        var stranger = company.Vault.Add(company.Key);
        await process.TakeBaselines.RunAsync(default);
        Assert.Equal(
            $"{company.Key.Id}/{stranger.Public.Version}",
            Assert.Single(company.Findings.Open, f => f.Kind == "unknown-version").About
        );
    }

    /// <summary>The list has whole seconds: what happens in the second of a look, behind it, must be seen at the next one.</summary>
    [Fact]
    public async Task A_version_that_comes_up_in_the_second_of_a_look_is_seen_at_the_next_one()
    {
        var (company, process) = await IdleAsync(keys: 1);
        company.Vault.Change(company.Key, company.Vault.Newest(company.Key).Public.Version, v =>
            v with
            {
                Tags = new Dictionary<string, string>(StringComparer.Ordinal),
            }
        );
        await process.TakeBaselines.RunAsync(default);
        company.Vault.Add(company.Key);
        await process.TakeBaselines.RunAsync(default);
        Assert.Contains(company.Findings.Open, f => f.Kind == "unknown-version");
    }

    /// <summary>The list says nothing of older versions: each key is looked at in turn.</summary>
    [Fact]
    public async Task An_ended_version_that_is_enabled_again_is_seen_within_hours()
    {
        var (company, process) = await IdleAsync(keys: 3);
        var old = company.Vault.Newest(company.Key).Public.Version;
        await process.OrderAsync("departure-1", Rekey.Rotations.Urgency.Immediate);
        await process.WorkAsync();
        company.Clock.Advance(TimeSpan.FromMinutes(5));
        await process.TakeBaselines.RunAsync(default);
        company.Vault.Change(company.Key, old, v => v with { Enabled = true });
        for (var minutes = 0; minutes < 7 * 60; minutes++)
        {
            company.Clock.Advance(TimeSpan.FromMinutes(1));
            await process.TakeBaselines.RunAsync(default);
        }

        Assert.Contains(company.Findings.Open, f => f.Kind == "ended-version-signs");
    }

    [Fact]
    public async Task Where_the_list_is_refused_each_key_is_asked_about()
    {
        var (company, process) = await IdleAsync(keys: 3);
        company.Vault.Fault = (call, _, _) =>
        {
            if (call == "keys")
            {
                throw new CannotContinueException("vault-forbidden", "No.", "Grant it.");
            }
        };
        await process.TakeBaselines.RunAsync(default);
        Assert.Equal(3, company.Vault.Calls.Count(c => c.StartsWith("list ", StringComparison.Ordinal)));
    }

    /// <summary>A company whose keys were looked at, and nothing has happened since.</summary>
    private static async Task<(Company Company, Process Process)> IdleAsync(int keys)
    {
        var company = await Company.WithBaselineAsync(keys);
        var process = company.NewProcess();
        await process.TakeBaselines.RunAsync(default);
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        company.Vault.Calls.Clear();
        return (company, process);
    }
}
