using CsCheck;
using Rekey.Tests.Support;
using Rekey.VaultAccess.Declared;

namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>Any random set of changes to a declared estate, and the findings are exactly those that the changes call for: no more, no
/// fewer, each once.</summary>
public sealed class DriftPropertyTests
{
    private static readonly Gen<(PermissionModel Model, int[] Changes, int Seed)> Worlds = Gen.Select(
        Gen.Enum<PermissionModel>(),
        Gen.Int[0, Changes.All.Count - 1].Array[0, 12],
        Gen.Int[0, 1_000_000]
    );

    [Fact]
    public void The_findings_are_exactly_the_changes() =>
        Worlds.Sample(
            world =>
            {
                var vault = new ProdVault(world.Model);
                var dice = new Random(world.Seed);
                var changes = world.Changes.Distinct().Select(n => Changes.All[n]).ToList();
                var expected = changes.Select(c => c(vault, dice)).ToList();
                var isRbac = vault.Azure.Vault!.IsRbac;
                var state = new Actual(isRbac, isRbac == world.Model is PermissionModel.Rbac);
                var wanted = expected.SelectMany(e => e(state)).Distinct().Order(StringComparer.Ordinal).ToList();
                Assert.Equal(wanted, vault.FoundAsync().GetAwaiter().GetResult());
            },
            iter: Runs.Of(1_000)
        );

    [Theory]
    [InlineData(PermissionModel.Rbac)]
    [InlineData(PermissionModel.AccessPolicies)]
    public async Task What_is_as_declared_has_no_findings_in_either_model(PermissionModel model) =>
        Assert.Empty(await new ProdVault(model).FoundAsync());

    [Theory]
    [InlineData(PermissionModel.Rbac)]
    [InlineData(PermissionModel.AccessPolicies)]
    public async Task The_order_in_which_azure_lists_things_does_not_matter(PermissionModel model)
    {
        var vault = new ProdVault(model);
        foreach (var change in Changes.All)
        {
            change(vault, new(1));
        }

        var before = await vault.FoundAsync();
        vault.Azure.Assignments.Reverse();
        vault.Azure.Eligibilities.Reverse();
        vault.Azure.Keys.Reverse();
        Assert.Equal(before, await vault.FoundAsync());
        Assert.True(before.Count > 10, $"only {before.Count} findings");
    }
}
