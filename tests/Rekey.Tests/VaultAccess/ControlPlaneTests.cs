using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;
using static Rekey.Tests.VaultAccess.ReportedFindings;

namespace Rekey.Tests.VaultAccess;

/// <summary>Rights of the control plane that lead to a vault's contents or its audit log are judged like rights on the contents.</summary>
public sealed class ControlPlaneTests
{
    private const string OtherAccount =
        "/subscriptions/22222222-2222-4333-8444-555555555555/resourceGroups/rg-logs/providers/Microsoft.Storage/storageAccounts/logs";

    /// <summary>Each operation, and the permission models in which it leads anywhere.</summary>
    public static TheoryData<string, PermissionModel[]> Operations
    {
        get
        {
            PermissionModel[] both = [PermissionModel.Rbac, PermissionModel.AccessPolicies];
            return new()
            {
                { "Microsoft.KeyVault/vaults/write", both },
                { "Microsoft.KeyVault/vaults/deploy/action", both },
                { "Microsoft.KeyVault/vaults/keys/write", both },
                { "Microsoft.KeyVault/vaults/secrets/write", both },
                { "Microsoft.KeyVault/vaults/accessPolicies/write", [PermissionModel.AccessPolicies] },
                { "Microsoft.Authorization/roleAssignments/write", both },
                { "Microsoft.Authorization/roleDefinitions/write", both },
                { "Microsoft.Authorization/roleAssignmentScheduleRequests/write", both },
                { "Microsoft.Authorization/roleEligibilityScheduleRequests/write", both },
                { "Microsoft.Storage/storageAccounts/listKeys/action", both },
                { "Microsoft.Storage/storageAccounts/regenerateKey/action", both },
                { "Microsoft.Storage/storageAccounts/listAccountSas/action", both },
                { "Microsoft.Storage/storageAccounts/listServiceSas/action", both },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Every_pattern_gives_it_and_every_exclusion_in_the_same_entry_takes_it_back(string operation, PermissionModel[] models)
    {
        foreach (var model in Enum.GetValues<PermissionModel>())
        {
            foreach (var pattern in PatternsOf(operation))
            {
                Assert.Equal(models.Contains(model), await GivesAsync(model, operation, Entry(pattern)));
                foreach (var exclusion in PatternsOf(operation))
                {
                    Assert.False(await GivesAsync(model, operation, Entry(pattern, exclusion)), $"{pattern} without {exclusion}");
                }

                // An exclusion is no denial: another entry may give it.
                Assert.Equal(models.Contains(model), await GivesAsync(model, operation, Entry("*", "*"), Entry(pattern)));

                // Among the data actions a wildcard gives no operation of the control plane.
                Assert.False(
                    pattern.Contains('*', StringComparison.Ordinal)
                        && await GivesAsync(model, operation, new RolePermission([], [], [pattern], []))
                );
            }

            foreach (var miss in new[] { $"{operation}/more", operation[..^1], $"x{operation}", $"{operation.Split('/')[0]}/*/read", "" })
            {
                Assert.False(await GivesAsync(model, operation, Entry(miss)), miss);
            }
        }
    }

    /// <summary>Managed storage accounts of the vault: by role and by access policy.</summary>
    [Theory]
    [InlineData("storageaccounts/read", "get", "list")]
    [InlineData("storageaccounts/delete", "delete")]
    [InlineData("storageaccounts/set/action", "set", "update")]
    [InlineData("storageaccounts/regeneratekey/action", "regeneratekey")]
    [InlineData("storageaccounts/recover/action", "recover")]
    [InlineData("storageaccounts/restore/action", "restore")]
    [InlineData("storageaccounts/backup/action", "backup")]
    [InlineData("storageaccounts/purge/action", "purge")]
    [InlineData("storageaccounts/sas/read", "getsas", "listsas")]
    [InlineData("storageaccounts/sas/delete", "deletesas")]
    [InlineData("storageaccounts/sas/set/action", "setsas")]
    public async Task What_a_vault_gives_out_of_storage_accounts_is_data(string operation, params string[] permissions)
    {
        foreach (var pattern in PatternsOf($"Microsoft.KeyVault/vaults/{operation}"))
        {
            Assert.True(await GivesAsync(PermissionModel.Rbac, operation, new RolePermission([], [], [pattern], [])), pattern);
            Assert.False(await GivesAsync(PermissionModel.Rbac, operation, new RolePermission([], [], ["*"], [pattern])), pattern);
        }

        foreach (var permission in permissions.Append(permissions.Contains("purge") ? "PURGE" : "All"))
        {
            var vault = new ProdVault(PermissionModel.AccessPolicies);
            var person = vault.Azure.Add(PrincipalKind.User);
            vault.Azure.Vault = vault.Azure.Vault! with
            {
                Policies = [.. vault.Azure.Vault.Policies, new(person, ApplicationId: null, [], [], []) { Storage = [permission] }],
            };
            var gives = Assert.Single(await vault.JudgeAsync(), d => d.FindingKind == Undeclared).Evidence["gives"];
            Assert.Contains(operation, gives.Split(", "));
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task It_must_be_declared_among_the_actions_and_a_built_in_role_by_its_name(string operation, PermissionModel[] models)
    {
        foreach (var model in models)
        {
            Assert.Equal(
                [Undeclared],
                await KindsAsync(model, operation, isCustom: true, _ => new { dataActions = Array.Empty<string>() })
            );
            Assert.Empty(
                await KindsAsync(model, operation, isCustom: true, o => new { dataActions = Array.Empty<string>(), actions = new[] { o } })
            );
            Assert.Empty(
                await KindsAsync(model, operation, isCustom: true, o => new
                {
                    dataActions = Array.Empty<string>(),
                    actions = new[] { o[..o.LastIndexOf('/')] + "/*" },
                })
            );
            Assert.Empty(await KindsAsync(model, operation, isCustom: false, _ => new { dataActions = Array.Empty<string>() }));
        }
    }

    /// <summary>A right on one key or secret leads only there.</summary>
    [Theory]
    [InlineData("keys/login", "Microsoft.KeyVault/vaults/keys/write", true)]
    [InlineData("secrets/login", "Microsoft.KeyVault/vaults/secrets/write", true)]
    [InlineData("secrets/login", "Microsoft.KeyVault/vaults/keys/write", false)]
    [InlineData("keys/login", "Microsoft.KeyVault/vaults/deploy/action", false)]
    [InlineData("keys/login", "Microsoft.KeyVault/vaults/write", false)]
    [InlineData("keys/login", "Microsoft.Authorization/roleAssignments/write", true)]
    public async Task Below_the_vault_it_counts_where_it_applies(string scope, string operation, bool counts) =>
        Assert.Equal(counts, await GivesAsync(PermissionModel.Rbac, operation, $"{AzureEstate.VaultId}/{scope}", Entry("*")));

    [Theory]
    [InlineData(VaultScope.Root, AzureEstate.Archive, true)]
    [InlineData(AzureEstate.Management, AzureEstate.Archive, true)]
    [InlineData(AzureEstate.Subscription, AzureEstate.Archive, true)]
    [InlineData(AzureEstate.Group, AzureEstate.Archive, true)]
    [InlineData(AzureEstate.VaultId, AzureEstate.Archive, false)]
    [InlineData(VaultScope.Root, OtherAccount, true)]
    [InlineData(AzureEstate.Subscription, OtherAccount, false)]
    [InlineData(AzureEstate.Group, $"{AzureEstate.Group}-2/providers/Microsoft.Storage/storageAccounts/logs", false)]
    [InlineData(AzureEstate.Subscription, null, false)]
    public async Task Keys_of_the_audit_logs_storage_count_where_the_scope_covers_it(string scope, string? account, bool counts)
    {
        var operation = KeyVaultActions.StorageKeys[0];
        var vault = new ProdVault();
        vault.Azure.Diagnostics[0] = vault.Azure.Diagnostics[0] with { StorageAccountId = account };
        var person = vault.Azure.Add(PrincipalKind.User);
        var role = vault.Azure.AddRole("Storage keys", isCustom: true, [], [operation]);
        vault.Azure.Assign(person, role, scope);
        var found = (await vault.JudgeAsync()).Where(d => d.Evidence.GetValueOrDefault("principal") == person).ToList();

        // They open no vault: the person is not one in the vault.
        Assert.Equal(counts ? [Undeclared] : [], found.Select(d => d.FindingKind));
        Assert.All(found, d => Assert.Equal([ReadingPart.Vault, ReadingPart.Assignments, ReadingPart.Diagnostics], d.Parts));
        Assert.All(found, d => Assert.Equal(operation, d.Evidence["gives"]));
    }

    private static RolePermission Entry(string pattern, params string[] exclusions) => new([pattern], exclusions, [], []);

    /// <summary>The operation itself in any case, and every kind of wildcard that matches it.</summary>
    private static IEnumerable<string> PatternsOf(string operation)
    {
        var parts = operation.Split('/');
        return
        [
            operation,
            operation.ToUpperInvariant(),
            "*",
            $"*/{parts[^1]}",
            $"{parts[0]}/*/{parts[^1]}",
            $"{operation[..^2]}*",
            .. Enumerable.Range(1, parts.Length - 1).Select(n => $"{string.Join('/', parts[..n])}/*"),
        ];
    }

    private static Task<bool> GivesAsync(PermissionModel model, string operation, params RolePermission[] permissions) =>
        GivesAsync(model, operation, AzureEstate.Group, permissions);

    private static async Task<bool> GivesAsync(PermissionModel model, string operation, string scope, params RolePermission[] permissions)
    {
        var vault = new ProdVault(model);
        var person = vault.Azure.Add(PrincipalKind.User);
        var role = vault.Azure.AddRole("Control", isCustom: true, []);
        vault.Azure.Roles[role.Id] = role with { Permissions = permissions };
        vault.Azure.Assign(person, role, scope);
        var gives = (await vault.JudgeAsync())
            .Where(d => d.FindingKind == Undeclared && d.Evidence["principal"] == person)
            .SelectMany(d => d.Evidence["gives"].Split(", "));
        return gives.Contains(KeyVaultActions.ShortName(operation));
    }

    /// <summary>What is found about a program that has the operation, by a role that is declared so.</summary>
    private static async Task<IEnumerable<string>> KindsAsync(
        PermissionModel model,
        string operation,
        bool isCustom,
        Func<string, object> declared
    )
    {
        var vault = new ProdVault(model);
        var program = vault.Azure.Add(PrincipalKind.ServicePrincipal);
        var role = vault.Azure.AddRole("Control", isCustom, [], [operation]);
        vault.Azure.Assign(program, role, AzureEstate.Group);
        var grant = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["principalId"] = program,
            ["principalType"] = "ServicePrincipal",
            ["role"] = role.Name,
        };
        foreach (var member in declared(operation).GetType().GetProperties())
        {
            grant[member.Name] = member.GetValue(declared(operation))!;
        }

        vault.Grants.Add(grant);
        return (await vault.JudgeAsync())
            .Where(d => d.Evidence.GetValueOrDefault("principal") == program && d.FindingKind != Indirect)
            .Select(d => d.FindingKind);
    }
}
