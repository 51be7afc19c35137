using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Rules.Networks;

/// <summary>An issuer that cannot reach its vault cannot sign; the same is true of Rekey and rotating.</summary>
public sealed class ReachTests
{
    private const string Prod = "prod.bicepparam";

    /// <summary>The network that the example's second issuer is in.</summary>
    private const string Partners =
        "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-partners-prod"
        + "/providers/Microsoft.Network/virtualNetworks/vnet-partners-prod";

    private const string PartnersSubnet =
        $"subnets: [\n      {{\n        id: '{Partners}/subnets/endpoints'\n        location: 'westeurope'\n      }}\n    ]";

    [Fact]
    public async Task Endpoints_of_one_vault_in_one_zone_are_seen()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("modules/vault.bicep", "zoneId: endpoint.zoneId", "zoneId: endpoints[0].zoneId");
        var broken = await BrokenAsync(copy);
        Assert.Contains(broken, b =>
            b.StartsWith("pe-rekey-kv-shop-prod-", StringComparison.Ordinal)
            && b.EndsWith("-issuer-0 register in one zone: one of them has no name.", StringComparison.Ordinal)
        );
        Assert.Contains(broken, b => b.Contains("-issuer-0 is linked to: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_zone_that_is_linked_to_another_network_is_seen()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(
            "main.bicep",
            "networkIds: networksWithEndpoints(issuers)",
            "networkIds: map(networksWithEndpoints(issuers), id => '${id}-other')"
        );
        Assert.Contains(await BrokenAsync(copy), b =>
            b.Contains("-issuer-0 is linked to: ", StringComparison.Ordinal) && b.Contains("-other", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Issuers_in_one_network_share_its_zone()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(
            Prod,
            "rg-partners-prod/providers/Microsoft.Network/virtualNetworks/vnet-partners-prod/",
            "RG-Shop-prod/providers/Microsoft.Network/virtualNetworks/VNET-shop-prod/"
        );
        Assert.Empty(await BrokenAsync(copy));
        Assert.Equal(5, (await copy.EstateAsync("prod")).Of("Microsoft.Network/privateDnsZones").Count());
    }

    [Fact]
    public async Task An_issuer_in_a_peered_network_finds_its_vault_where_the_app_does()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(Prod, PartnersSubnet, $"peeredNetworkIds: ['{Partners}']");
        Assert.Empty(await BrokenAsync(copy));
        var estate = await copy.EstateAsync("prod");
        var link = Assert.Single(estate.Of("Microsoft.Network/privateDnsZones/virtualNetworkLinks"), l =>
            Partners.Equals(l.Text("properties.virtualNetwork.id"), StringComparison.OrdinalIgnoreCase)
        );
        Assert.StartsWith($"{estate.AppGroup}/", link.Id, StringComparison.Ordinal);
        Assert.Single(
            estate.EndpointsOf(Assert.Single(estate.TokenVaults, v => v.Name.StartsWith("kv-partners-", StringComparison.Ordinal)).Id)
        );
    }

    [Fact]
    public Task An_issuer_without_a_way_to_its_vault_is_refused() =>
        RefusedAsync(new(Prod, PartnersSubnet, "subnets: []", "partners could not reach its vault, which is closed to the public"));

    [Fact]
    public Task Two_endpoints_in_one_network_are_refused() =>
        RefusedAsync(
            new(
                Prod,
                $"    subnets: [\n      {{\n        id: '{Partners}",
                $"    subnets: [\n      {{ id: '{Partners.ToUpperInvariant()}/subnets/more', location: 'westeurope' }}\n      "
                    + $"{{\n        id: '{Partners}",
                "partners names two subnets of one network"
            )
        );

    [Fact]
    public Task A_network_that_would_need_two_zones_is_refused() =>
        RefusedAsync(
            new(
                Prod,
                PartnersSubnet,
                $"peeredNetworkIds: ['{Partners.Replace("partners", "shop", StringComparison.Ordinal)}']",
                "vnet-shop-prod is both a network with an endpoint"
            )
        );

    private static async Task<IReadOnlyList<string>> BrokenAsync(InfraCopy copy)
    {
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.True(exit == 0, output);
        return Promises.Broken(await copy.EstateAsync("prod"), production: true, rbac: true);
    }

    private static async Task RefusedAsync(TemplateChange change)
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync([change]);
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.NotEqual(0, exit);
        Assert.Contains(change.Because, output, StringComparison.Ordinal);
    }
}
