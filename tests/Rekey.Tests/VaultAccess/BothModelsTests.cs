using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Roles;

namespace Rekey.Tests.VaultAccess;

/// <summary>One declaration holds in either permission model, and a vault that lets no network in is still looked at (T24).</summary>
public sealed class BothModelsTests
{
    [Theory]
    [InlineData(PermissionModel.Rbac)]
    [InlineData(PermissionModel.AccessPolicies)]
    public async Task That_the_app_may_rotate_is_checked_and_its_loss_is_told(PermissionModel model)
    {
        var vault = new ProdVault(model);
        Assert.Empty(await vault.FoundAsync());
        vault.Revoke(vault.Rekey);
        Assert.Equal(
            [
                $"rotation-not-allowed {AzureEstate.Host}",
                $"vault-grant-missing {AzureEstate.Host}|{vault.Rekey}|{vault.Rotator.Name.ToLowerInvariant()}",
            ],
            await vault.FoundAsync()
        );
    }

    [Fact]
    public async Task The_sweep_needs_no_way_through_the_vaults_firewall()
    {
        var vault = new ProdVault();
        Assert.False(vault.Azure.Vault!.Network.IsPublic);
        var reading = await vault.Azure.ReadAsync();
        Assert.Empty(reading.Unseen);
        Assert.NotEmpty(reading.Keys);
    }

    [Fact]
    public async Task Whoever_may_edit_policies_counts_only_where_policies_count()
    {
        foreach (var model in Enum.GetValues<PermissionModel>())
        {
            var vault = new ProdVault(model);
            var editor = vault.Azure.Add(PrincipalKind.User);
            vault.Azure.Assign(editor, vault.Azure.AddRole("Policy editor", isCustom: true, [], [KeyVaultActions.WriteAccessPolicies]));
            Assert.Equal(model is PermissionModel.Rbac ? 0 : 2, (await vault.FoundAsync()).Count);
        }
    }

    [Fact]
    public async Task A_grant_that_is_declared_for_some_keys_is_not_one_for_the_vault()
    {
        var vault = new ProdVault();
        var issuer = vault.Azure.AddIdentity();
        vault.Grants.Add(
            new
            {
                principalId = issuer,
                principalType = "ServicePrincipal",
                role = vault.Signer.Id,
                dataActions = ProdVault.Sign,
                keys = new[] { "Login", "shop" },
            }
        );
        var login = vault.Azure.Assign(issuer, vault.Signer, $"{AzureEstate.VaultId}/keys/login");
        Assert.StartsWith("vault-grant-missing", Assert.Single(await vault.FoundAsync()), StringComparison.Ordinal);
        vault.Azure.Assign(issuer, vault.Signer, $"{AzureEstate.VaultId}/keys/shop");
        Assert.Empty(await vault.FoundAsync());
        vault.Azure.Assign(issuer, vault.Signer, $"{AzureEstate.VaultId}/keys/loyalty");
        Assert.StartsWith("vault-grant-undeclared", Assert.Single(await vault.FoundAsync()), StringComparison.Ordinal);
        vault.Azure.Assignments.RemoveAll(a => a.PrincipalId == issuer);
        vault.Azure.Assign(issuer, vault.Signer);
        Assert.Equal(
            $"vault-grant-undeclared {AzureEstate.Host}|{issuer}|{vault.Signer.Id}|{AzureEstate.VaultId.ToLowerInvariant()}",
            Assert.Single(await vault.FoundAsync())
        );
        Assert.NotNull(login);
    }

    [Fact]
    public async Task A_pipeline_may_own_the_vault_when_that_is_declared()
    {
        var vault = new ProdVault();
        var pipeline = vault.Azure.Add(PrincipalKind.ServicePrincipal);
        vault.Azure.Assign(pipeline, vault.Owner, AzureEstate.Group);

        // It may write the identities in the group too.
        Assert.Equal(["vault-grant-undeclared", "vault-reach-indirect"], (await vault.FoundAsync()).Select(f => f.Split(' ')[0]));
        vault.Grants.Add(
            new
            {
                principalId = pipeline,
                principalType = "ServicePrincipal",
                role = "Owner",
                why = "deploys",
            }
        );
        Assert.Empty(await vault.FoundAsync());
    }
}
