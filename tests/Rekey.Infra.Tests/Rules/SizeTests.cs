using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Rules.Rights;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Rules;

/// <summary>One template in three sizes: a team begins with the smallest, and loses nothing on the way to the next.</summary>
public sealed class SizeTests
{
    private const string Observe = "variants/dev-observe";

    /// <summary>What holds data, or what a right or a name of theirs leads to.</summary>
    private static readonly string[] HoldingData =
    [
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies",
        "Microsoft.Storage/storageAccounts/queueServices/queues",
        "Microsoft.KeyVault/vaults",
        "Microsoft.KeyVault/vaults/keys",
        "Microsoft.OperationalInsights/workspaces",
        "Microsoft.OperationalInsights/workspaces/tables",
        "Microsoft.OperationalInsights/workspaces/savedSearches",
        "Microsoft.Insights/components",
        "Microsoft.Insights/dataCollectionRules",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "Microsoft.EventGrid/topics",
        "Microsoft.Web/sites",
    ];

    [Theory]
    [InlineData(Observe, "variants/dev-standard")]
    [InlineData("variants/dev-standard", "dev")]
    public async Task What_holds_data_has_the_same_name_in_the_next_size(string small, string next)
    {
        var (from, to) = (await PredictedEstate.OfAsync(small), await PredictedEstate.OfAsync(next));
        foreach (var type in HoldingData)
        {
            var ids = from.Of(type).Select(r => r.Id).ToList();
            Assert.True(ids.Count > 0, $"{small} has no {type}.");
            Assert.Empty(ids.Except(to.Of(type).Select(r => r.Id), StringComparer.Ordinal));
        }

        // A key cannot change its kind, and a container's evidence is kept as long as it was.
        foreach (var key in from.Of("Microsoft.KeyVault/vaults/keys"))
        {
            Assert.Equal(key.Text("properties"), Assert.Single(to.Resources, r => r.Id == key.Id).Text("properties"));
        }
    }

    [Fact]
    public async Task The_smallest_size_reads_one_vault_and_signs_its_own_documents()
    {
        var estate = await PredictedEstate.OfAsync(Observe);
        var vault =
            $"/subscriptions/{Bicep.Subscription}/resourceGroups/rg-contoso-keys/providers/Microsoft.KeyVault/vaults/kv-contoso-tokens";
        Assert.Equal(
            ["Key Vault Reader", "Reader"],
            estate
                .Of("Microsoft.Authorization/roleAssignments")
                .Where(a => a.On == vault)
                .Select(a => VaultRights.Role(estate, a.Text("properties.roleDefinitionId")!).Name)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            [
                "trust-list: id-rekey-dev-app is Key Vault Crypto User",
                "trust-list: id-rekey-dev-app is Key Vault Reader",
                "trust-list: id-rekey-dev-app is Key Vault Secrets User",
                "trust-list: id-rekey-dev-app is Reader",
            ],
            VaultRights.Of(estate).Select(r => r.Line).Order(StringComparer.Ordinal)
        );
        Assert.Equal("https://kv-contoso-tokens.vault.azure.net", estate.Settings["Rekey__Keys__0__VaultUri"]);
        Assert.Contains(vault, estate.Declaration["vaults"]!.AsArray().Select(v => v!["resourceId"]!.GetValue<string>()));
        Assert.DoesNotContain("Rekey__VaultAccess__RemoverClientId", estate.Settings.Keys);
    }

    /// <summary>Under access policies a role reads nothing in the vault: the policy is added to what is there.</summary>
    [Fact]
    public async Task A_vault_with_access_policies_is_observed_by_one_more()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync($"{Observe}.bicepparam", "param vaults = {}", "param vaults = { permissionModel: 'accessPolicies' }");
        var (exit, output) = await copy.EvaluateAsync(Observe);
        Assert.True(exit == 0, output);
        var estate = await copy.EstateAsync(Observe);
        var broken = Promises.Broken(estate, new EstatePlan(Production: false, Rbac: false, "observe"));
        Assert.True(broken.Count == 0, string.Join('\n', broken));
        var policy = Assert.Single(estate.Of("Microsoft.KeyVault/vaults/accessPolicies"));
        Assert.EndsWith("/vaults/kv-contoso-tokens/accessPolicies/add", policy.Id, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rotations", "Ask")]
    [InlineData("sweeps", "Ask")]
    [InlineData("vaultAccess", "Ask")]
    [InlineData("rotations", "Enforce")]
    public async Task The_smallest_size_can_only_observe(string what, string mode)
    {
        var modes = string.Join(
            ", ",
            new[] { "rotations", "sweeps", "vaultAccess" }.Select(m => $"{m}: '{(m == what ? mode : "Observe")}'")
        );
        using var copy = new InfraCopy();
        await copy.ChangeAsync($"{Observe}.bicepparam", "param size", $"param modes = {{ {modes} }}\nparam size");
        var (exit, output) = await copy.EvaluateAsync(Observe);
        Assert.NotEqual(0, exit);
        Assert.Contains("modes: the size observe can only observe", output, StringComparison.Ordinal);
    }

    /// <summary>It multiplies the bill, so it is off by default; production can switch it on.</summary>
    [Fact]
    public async Task The_app_is_spread_over_zones_where_the_largest_size_asks_for_it()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("prod.bicepparam", "param audience", "param app = { zoneRedundant: true }\nparam audience");
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.True(exit == 0, output);
        var spread = await copy.EstateAsync("prod");
        Assert.Equal("true", spread.Only("Microsoft.Web/serverfarms").Text("properties.zoneRedundant"));
        Assert.Empty(Promises.Broken(spread, production: true, rbac: true));
        Assert.Equal("false", (await PredictedEstate.OfAsync("prod")).Only("Microsoft.Web/serverfarms").Text("properties.zoneRedundant"));
    }

    [Fact]
    public async Task What_a_size_does_not_have_is_refused()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(
            $"{Observe}.bicepparam",
            "param access = { deployers: ['00000000-0000-4000-8000-0000000e0002'] }\nparam vaults = {}\n",
            "param app = { zoneRedundant: true }\nparam network = { egress: 'none' }\n"
                + "param evidence = { checkpointThumbprint: 'x' }\nparam access = { watchedResourceGroups: "
                + "['rg-shop'], developerGroupIds: ['00000000-0000-4000-8000-0000000d0003'], breakGlassGroupId: "
                + "'00000000-0000-4000-8000-0000000b0001' }\nparam vaults = { allowedRanges: ['198.51.100.0/24'] }\n"
        );
        await copy.ChangeAsync($"{Observe}.bicepparam", "    vaultGroup: 'rg-contoso-keys'\n", "");
        var (exit, output) = await copy.EvaluateAsync(Observe);
        Assert.NotEqual(0, exit);
        string[] refused =
        [
            "network",
            "vaults.allowedRanges",
            "access.developerGroupIds",
            "access.watchedResourceGroups",
            "evidence.checkpointThumbprint",
        ];
        Assert.All(refused, r => Assert.Contains($"{r}: the size observe has no such thing", output, StringComparison.Ordinal));
        Assert.Contains("app.zoneRedundant: only the size full", output, StringComparison.Ordinal);
        Assert.Contains("access.breakGlassGroupId: only the size full has break glass", output, StringComparison.Ordinal);
        Assert.Contains("shop is observed in a vault that is there already", output, StringComparison.Ordinal);

        await copy.ChangeAsync(
            "dev.bicepparam",
            "param audience",
            "param size = 'standard'\nparam modes = { rotations: 'Observe', sweeps: 'Observe', vaultAccess: 'Enforce' }\nparam audience"
        );
        await copy.ChangeAsync("dev.bicepparam", "name: 'shop'", "name: 'shop'\n    vaultGroup: 'rg-contoso-keys'");
        (exit, output) = await copy.EvaluateAsync("dev");
        Assert.NotEqual(0, exit);
        Assert.Contains("modes: only the size full takes grants away by itself", output, StringComparison.Ordinal);
        Assert.Contains("shop has a vaultGroup, which is for the size observe", output, StringComparison.Ordinal);
    }
}
