using Rekey.Core;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;

namespace Rekey.Tests.VaultAccess;

/// <summary>That Rekey itself can rotate is shown by what is in force, before a departure needs it (T24).</summary>
public sealed class RotationAllowedTests
{
    private static readonly string[] Everything = ["keys/read", "keys/rotate/action", "keys/update/action"];

    private readonly ProdVault _vault = new();

    private AzureEstate Azure => _vault.Azure;

    [Theory]
    [InlineData("read")]
    [InlineData("rotate/action")]
    [InlineData("update/action")]
    public async Task Each_of_the_three_operations_is_needed(string operation)
    {
        Azure.Roles[_vault.Rotator.Id] = _vault.Rotator with
        {
            Permissions = [new([], [], ["Microsoft.KeyVault/vaults/keys/*"], [$"Microsoft.KeyVault/vaults/keys/{operation}"])],
        };
        var drift = await RotationAsync();
        Assert.Equal(
            ($"keys/{operation}", "", _vault.Rekey),
            (drift?.Evidence["lacks"], drift?.Evidence["shutOut"], drift?.Evidence["principal"])
        );
        Assert.Equal($"Rekey cannot rotate the keys of a vault: it lacks keys/{operation}.", drift?.Sentence);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("list")]
    [InlineData("rotate")]
    [InlineData("update")]
    public async Task Each_of_the_four_permissions_is_needed_under_access_policies(string permission)
    {
        var vault = new ProdVault(PermissionModel.AccessPolicies);
        vault.SetPolicy(
            vault.Rekey,
            [.. new[] { "Get", "List", "Rotate", "Update" }.Where(p => !p.Equals(permission, StringComparison.OrdinalIgnoreCase))]
        );
        Assert.Equal($"the key permission {permission}", (await RotationAsync(vault))?.Evidence["lacks"]);
        vault.SetPolicy(vault.Rekey, "All", "Rotate");
        Assert.Null(await RotationAsync(vault));

        // Through an application counts only for whoever signs in by it.
        vault.Azure.Vault = vault.Azure.Vault! with { Policies = [new(vault.Rekey, AzureEstate.Id(777), ["all"], [], [])] };
        Assert.NotNull(await RotationAsync(vault));
    }

    [Fact]
    public async Task The_permission_all_alone_is_no_proof_and_is_not_said_to_lack_anything()
    {
        var vault = new ProdVault(PermissionModel.AccessPolicies);
        vault.SetPolicy(vault.Rekey, "All");

        var drift = await RotationAsync(vault);

        Assert.Equal(("", "the key permission rotate"), (drift?.Evidence["lacks"], drift?.Evidence["notKnown"]));
        Assert.Equal(
            "Rekey may not be able to rotate the keys of a vault: its key permission all may not include rotate; "
                + "add the key permission rotate.",
            drift?.Sentence
        );
        Assert.DoesNotContain(await vault.JudgeAsync(), d => d.Kind is DriftKind.GrantMissing);

        // By a group, or by one that cannot be read.
        vault.Azure.Vault = vault.Azure.Vault! with
        {
            Policies = [.. vault.Azure.Vault.Policies, new(vault.Azure.AddGroup(vault.Rekey), null, ["rotate"], [], [])],
        };
        Assert.Null(await RotationAsync(vault));
        vault.Azure.Refused.Add("members");
        Assert.Null(await RotationAsync(vault));
    }

    [Fact]
    public async Task Who_has_all_is_not_said_to_purge_and_whether_it_rotates_is_said_not_to_be_known()
    {
        var vault = new ProdVault(PermissionModel.AccessPolicies);
        var person = vault.Azure.Add(PrincipalKind.User);
        vault.Azure.Vault = vault.Azure.Vault! with
        {
            Policies = [.. vault.Azure.Vault.Policies, new(person, null, ["all"], ["all"], ["all"])],
        };

        var drift = Assert.Single(await vault.JudgeAsync(), d => d.Kind is DriftKind.GrantUndeclared);

        var gives = drift.Evidence["gives"].Split(", ");
        Assert.DoesNotContain(gives, g => g.Contains("purge", StringComparison.Ordinal) || g.Contains("rotate", StringComparison.Ordinal));
        Assert.Superset(
            new HashSet<string> { "keys/sign/action", "keys/backup/action", "secrets/getSecret/action", "certificates/import/action" },
            gives.ToHashSet()
        );
        Assert.Equal("keys/rotate/action", drift.Evidence["notKnown"]);
        Assert.EndsWith("It may also give keys/rotate/action.", drift.Sentence, StringComparison.Ordinal);

        // Written beside it, both are given.
        vault.SetPolicy(person, "all", "purge", "rotate");
        drift = Assert.Single(await vault.JudgeAsync(), d => d.Kind is DriftKind.GrantUndeclared);
        Assert.Superset(new HashSet<string> { "keys/purge/action", "keys/rotate/action" }, drift.Evidence["gives"].Split(", ").ToHashSet());
        Assert.Equal("", drift.Evidence["notKnown"]);
    }

    [Theory]
    [InlineData(AzureEstate.Group, true)]
    [InlineData(AzureEstate.Management, true)]
    [InlineData(VaultScope.Root, true)]
    [InlineData($"{AzureEstate.VaultId}/keys/login", false)]
    [InlineData($"{AzureEstate.VaultId}/secrets/login", false)]
    public async Task What_is_inherited_counts_and_what_is_for_one_key_is_not_for_the_vault(string scope, bool isAllowed)
    {
        Azure.Assignments.RemoveAll(a => a.PrincipalId == _vault.Rekey);
        Azure.Assign(_vault.Rekey, _vault.Rotator, scope);
        Assert.Equal(isAllowed ? null : string.Join(", ", Everything), (await RotationAsync())?.Evidence["lacks"]);
    }

    [Fact]
    public async Task Where_the_right_is_declared_for_some_keys_it_must_be_there_for_each_of_them()
    {
        _vault.Revoke(_vault.Rekey);
        _vault.Grants.RemoveAll(g => g.ToString()!.Contains(_vault.Rekey, StringComparison.Ordinal));
        _vault.Grants.Add(
            new
            {
                principalId = _vault.Rekey,
                principalType = "ServicePrincipal",
                role = _vault.Rotator.Name,
                dataActions = ProdVault.Rotate,
                keys = new[] { "Login", "shop" },
            }
        );
        Azure.Assign(_vault.Rekey, _vault.Rotator, $"{AzureEstate.VaultId}/keys/LOGIN");
        Assert.Equal(
            "keys/read on keys/shop, keys/rotate/action on keys/shop, keys/update/action on keys/shop",
            (await RotationAsync())?.Evidence["lacks"]
        );
        Azure.Assign(_vault.Rekey, _vault.Rotator, $"{AzureEstate.VaultId}/keys/shop");
        Assert.Null(await RotationAsync());
    }

    [Fact]
    public async Task A_group_that_it_is_in_will_do_and_so_will_two_roles_that_add_up()
    {
        _vault.Revoke(_vault.Rekey);
        Azure.Assign(Azure.AddGroup(_vault.Rekey), Azure.AddRole("Rotates", isCustom: true, ProdVault.Data("read", "rotate/action")));
        Assert.Equal("keys/update/action", (await RotationAsync())?.Evidence["lacks"]);
        Azure.Assign(_vault.Rekey, Azure.AddRole("Updates", isCustom: true, ProdVault.Data("update/action")));
        Assert.Null(await RotationAsync());
    }

    [Fact]
    public async Task What_must_be_activated_and_what_has_a_condition_is_no_proof()
    {
        _vault.Revoke(_vault.Rekey);
        Azure.MakeEligible(_vault.Rekey, _vault.Rotator);
        Assert.NotNull(await RotationAsync());
        var grant = Azure.Assign(_vault.Rekey, _vault.Rotator);
        Assert.Null(await RotationAsync());
        Azure.Assignments[Azure.Assignments.IndexOf(grant)] = grant with { Condition = "@Resource[x] StringEquals 'y'" };
        Assert.NotNull(await RotationAsync());
    }

    [Fact]
    public async Task Somebody_elses_right_is_not_its_own()
    {
        _vault.Revoke(_vault.Rekey);
        Azure.Assign(_vault.Issuers[0], _vault.Rotator);
        Azure.Assign(Azure.AddGroup(_vault.Issuers[0]), _vault.Rotator);
        Assert.Equal(string.Join(", ", Everything), (await RotationAsync())?.Evidence["lacks"]);
    }

    [Theory]
    [InlineData("assignments")]
    [InlineData("roles")]
    [InlineData("vault")]
    public async Task What_could_not_be_seen_is_not_said_to_be_missing(string call)
    {
        _vault.Revoke(_vault.Rekey);
        Assert.NotNull(await RotationAsync());
        Azure.Refused.Add(call);
        Assert.Null(await RotationAsync());
    }

    [Fact]
    public async Task A_group_that_may_not_be_read_might_give_it_and_another_that_gives_too_little_does_not()
    {
        _vault.Revoke(_vault.Rekey);
        var role = Azure.AddRole("Rotates", isCustom: true, ProdVault.Data("read", "rotate/action"));
        Azure.Assign(Azure.AddGroup(_vault.Rekey), role);
        Azure.Refused.Add("members");
        Assert.NotNull(await RotationAsync());
        Azure.Assign(Azure.AddGroup(_vault.Rekey), _vault.Rotator);
        Assert.Null(await RotationAsync());
        Azure.Refused.Clear();
        Assert.Null(await RotationAsync());
    }

    public static TheoryData<VaultNetwork, string?, bool> Networks =>
        new()
        {
            { new(IsPublic: false, AllowsAll: false, [], []), null, true },
            { new(IsPublic: false, AllowsAll: true, [], []), null, true },
            { new(IsPublic: false, AllowsAll: false, ["203.0.113.0/24"], ["/subnets/app"]), null, true },
            {
                new(IsPublic: false, AllowsAll: false, [], []) { LetsServicesBy = true },
                null,
                true
            },
            {
                new(IsPublic: false, AllowsAll: false, [], []) { PrivateEndpoints = ["/endpoints/any"] },
                null,
                false
            },
            {
                new(IsPublic: false, AllowsAll: false, [], []) { PrivateEndpoints = ["/endpoints/issuer"] },
                "/endpoints/app",
                true
            },
            {
                new(IsPublic: false, AllowsAll: false, [], []) { PrivateEndpoints = ["/Endpoints/App"] },
                "/endpoints/app/",
                false
            },
            { new(IsPublic: true, AllowsAll: false, [], ["/subnets/app"]), "/subnets/app", false },
            { new(IsPublic: false, AllowsAll: false, [], ["/subnets/app"]), "/subnets/app", true },
            { new(IsPublic: true, AllowsAll: false, ["203.0.113.0/24"], []), "203.0.113.0/24", false },
            { new(IsPublic: true, AllowsAll: false, ["203.0.113.7/32"], []), "203.0.113.7", false },
            { new(IsPublic: true, AllowsAll: false, ["203.0.113.7"], []), "203.0.113.7/32", false },
            { new(IsPublic: true, AllowsAll: false, ["203.0.113.0/24"], []), "203.0.113.7", false },
            { new(IsPublic: true, AllowsAll: false, ["203.0.113.7"], []), "203.0.113.0/24", true },
            { new(IsPublic: true, AllowsAll: false, ["203.0.113.0/24"], []), null, false },
            { new(IsPublic: true, AllowsAll: true, [], []), "/endpoints/app", false },
        };

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task A_firewall_that_lets_it_in_by_nothing_is_told(VaultNetwork network, string? letInBy, bool isShutOut)
    {
        _vault.LetInBy = letInBy is null ? null : [letInBy];
        Azure.Vault = Azure.Vault! with { Network = network };
        var drift = await RotationAsync();
        Assert.Equal(isShutOut ? "Rekey cannot rotate the keys of a vault: the vault's firewall blocks it." : null, drift?.Sentence);
        Assert.Equal(isShutOut ? "yes" : null, drift?.Evidence["shutOut"]);
    }

    [Fact]
    public async Task A_vault_without_governed_keys_needs_nobody_who_rotates()
    {
        _vault.Revoke(_vault.Rekey);
        _vault.HasRotator = false;
        Assert.Null(await RotationAsync());
    }

    [Fact]
    public async Task A_governed_vault_that_is_not_declared_with_its_rotator_is_told_until_it_is()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        watch.Governed = new(
            "prod",
            [.. watch.Governed.Keys, new(new(new("https://kv-other.vault.azure.net"), "login"), new() { Name = "shop" })]
        );
        await watch.SweepAsync();
        var told = Assert.Single(watch.Open);
        Assert.Equal(("rotation-not-allowed", "prod", "kv-other.vault.azure.net"), (told.Kind, told.About, told.Evidence["vaults"]));

        watch.Vault.HasRotator = false;
        watch.Deploy(ResponseMode.Observe);
        await watch.SweepAsync();
        Assert.Equal($"kv-other.vault.azure.net, {AzureEstate.Host}", Assert.Single(watch.Open).Evidence["vaults"]);

        watch.Vault.HasRotator = true;
        watch.Deploy(ResponseMode.Observe);
        watch.Governed = new("prod", [watch.Governed.Keys[0]]);
        await watch.SweepAsync();
        Assert.Empty(watch.Open);
    }

    [Fact]
    public async Task It_closes_when_rotation_is_allowed_again()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        watch.Vault.Revoke(watch.Vault.Rekey);
        await watch.SweepAsync();
        Assert.Contains("rotation-not-allowed", watch.Open.Select(f => f.Kind));
        watch.Azure.Assign(watch.Vault.Rekey, watch.Vault.Rotator);
        await watch.SweepAsync();
        Assert.Empty(watch.Open);
    }

    private Task<Drift?> RotationAsync() => RotationAsync(_vault);

    private static async Task<Drift?> RotationAsync(ProdVault vault) =>
        (await vault.JudgeAsync()).SingleOrDefault(d => d.Kind is DriftKind.RotationNotAllowed);
}
