using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Rules.Networks;

/// <summary>Landing zones give a network, DNS zones, a way out and a workspace, and forbid others: an environment lives with what is
/// given.</summary>
public sealed class GivenNetworkTests
{
    private const string Dev = "dev.bicepparam";
    private const string Hub = "/subscriptions/00000000-0000-4000-8000-00000000000a/resourceGroups/rg-hub/providers";
    private const string Subnets =
        $"existingSubnetIds: {{ app: '{Hub}/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/app', "
        + $"endpoints: '{Hub}/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/endpoints' }}";
    private const string Zones =
        $"existingZoneIds: {{ vault: '{Hub}/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net', "
        + $"blob: '{Hub}/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net', "
        + $"queue: '{Hub}/Microsoft.Network/privateDnsZones/privatelink.queue.core.windows.net', "
        + $"table: '{Hub}/Microsoft.Network/privateDnsZones/privatelink.table.core.windows.net' }}";

    public static TheoryData<string, string, bool, bool> Networks =>
        new()
        {
            // What is said of the network, who makes zones, whether the deployment makes the network, whether it has a public address.
            { "{}", "own", true, true },
            { "{ egress: 'none', addressSpace: '10.1.0.0/22' }", "own", true, false },
            { $"{{ {Subnets} }}", "own", false, false },
            { $"{{ {Subnets}, {Zones} }}", "existing", false, false },
            { $"{{ {Subnets}, zones: 'none' }}", "none", false, false },
            { $"{{ egress: 'none', {Zones} }}", "existing", true, false },
        };

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task Every_promise_holds_in_a_network_that_is_given(string network, string zones, bool makesNetwork, bool hasAddress)
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(Dev, "param audience", $"param network = {network}\nparam audience");
        var (exit, output) = await copy.EvaluateAsync("dev");
        Assert.True(exit == 0, output);
        var estate = await copy.EstateAsync("dev");
        var broken = Promises.Broken(estate, new EstatePlan(Production: false, Rbac: true, Zones: zones));
        Assert.True(broken.Count == 0, string.Join('\n', broken));
        Assert.Equal(makesNetwork, estate.Of("Microsoft.Network/virtualNetworks").Any());
        Assert.Equal(hasAddress, estate.Of("Microsoft.Network/publicIPAddresses").Any());
        Assert.Equal(hasAddress, estate.Of("Microsoft.Network/natGateways").Any());
        var networks = estate.Of("Microsoft.Network/privateEndpoints").Select(e => e.Text("properties.subnet.id")!.Split("/subnets/")[0]);
        Assert.Equal(
            makesNetwork
                ? estate.Of("Microsoft.Network/virtualNetworks").Single().Id
                : $"{Hub}/Microsoft.Network/virtualNetworks/vnet-spoke",
            Assert.Single(networks.Distinct(StringComparer.Ordinal))
        );
    }

    [Fact]
    public async Task Logs_go_to_a_workspace_that_is_given_and_its_own_tables_are_left_alone()
    {
        const string given = $"{Hub}/Microsoft.OperationalInsights/workspaces/log-central";
        using var copy = new InfraCopy();
        await copy.ChangeAsync(Dev, "param logs = {", $"param logs = {{ existingWorkspaceId: '{given}',");
        var (exit, output) = await copy.EvaluateAsync("dev");
        Assert.True(exit == 0, output);
        var estate = await copy.EstateAsync("dev");
        var broken = Promises.Broken(estate, production: false, rbac: true);
        Assert.True(broken.Count == 0, string.Join('\n', broken));
        Assert.Equal(given, estate.WorkspaceId);
        Assert.Empty(estate.Of("Microsoft.OperationalInsights/workspaces"));
        Assert.Equal(
            ["GatewayAccess_CL", "GatewayGap_CL", "GatewayRefusal_CL", "TokenIssuance_CL"],
            estate.Of("Microsoft.OperationalInsights/workspaces/tables").Select(t => t.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(estate.Of("Microsoft.OperationalInsights/workspaces/savedSearches"), s =>
            Assert.StartsWith($"{given}/", s.Id, StringComparison.Ordinal)
        );
        Assert.Equal(given, estate.Only("Microsoft.Insights/components").Text("properties.WorkspaceResourceId"));
    }

    [Fact]
    public async Task A_network_that_could_not_work_is_refused()
    {
        const string other = $"{Hub}/Microsoft.Network/virtualNetworks/vnet-other/subnets/endpoints";
        using var copy = new InfraCopy();
        await copy.ChangeAsync(
            "prod.bicepparam",
            "param audience",
            $"param network = {{ addressSpace: '10.1.0.0/24', zones: 'none', {Zones}, existingSubnetIds: {{ app: '{Hub}"
                + $"/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/app', endpoints: '{other}' }} }}\nparam audience"
        );
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.NotEqual(0, exit);
        string[] said =
        [
            "addressSpace and egress are those of a network that the deployment makes",
            "existingSubnetIds names subnets of two networks",
            "existingZoneIds and zones say two things",
            "shop cannot have an endpoint of its own (subnets) with zones that others made",
        ];
        Assert.All(said, s => Assert.Contains(s, output, StringComparison.Ordinal));
    }
}
