using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess.Drifts;

namespace Rekey.Tests.VaultAccess;

/// <summary>Address rules are compared as networks: a vault may give one back in another spelling than it was declared in.</summary>
public sealed class AddressRuleTests
{
    [Theory]
    [InlineData("1.2.3.4", "1.2.3.4/32", false)]
    [InlineData("1.2.3.4/32", "1.2.3.4", false)]
    [InlineData("2.3.4.0/24", "2.3.4.9/24", false)]
    [InlineData("2.3.4.0/24", "2.3.4.5", false)]
    [InlineData("2.3.4.0/24", "2.3.4.128/25", false)]
    [InlineData("2001:db8::/64", "2001:DB8:0:0::/64", false)]
    [InlineData("1.2.3.4", "1.2.3.5", true)]
    [InlineData("2.3.4.0/25", "2.3.4.0/24", true)]
    [InlineData("2.3.4.5", "2.3.4.5/24", true)]
    [InlineData("2.3.4.0/24", "not an address", true)]
    [InlineData("not an address", "Not An Address", false)]
    public async Task What_a_declared_rule_lets_in_is_declared_however_it_is_written(string declared, string found, bool isTold)
    {
        var vault = new ProdVault();
        vault.More["addressRules"] = new[] { declared };
        vault.Azure.Vault = vault.Azure.Vault! with
        {
            Network = vault.Azure.Vault.Network with { IsPublic = true, AddressRules = [found] },
        };

        var drift = (await vault.JudgeAsync()).SingleOrDefault(d => d.Kind is DriftKind.NetworkOpened);

        Assert.Equal(isTold ? found : null, drift?.Evidence["addressRules"]);
    }
}
