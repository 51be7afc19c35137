using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using static Rekey.Tests.VaultAccess.ReportedFindings;

namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>Access policies, and which permission model counts.</summary>
internal static class PolicyChanges
{
    public static readonly IReadOnlyList<Change> All = [Policy, PolicyOfAnApplication, PolicyGrown, ModelFlipped];

    private static Func<Actual, IEnumerable<string>> Policy(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        v.SetPolicy(person, Pick(dice, "sign", "all", "ALL", "somethingNew"));
        return a => a.IsRbac ? [] : [About(Undeclared, $"{person}|policy|{AzureEstate.VaultId}"), Of(Human, person)];
    }

    private static Func<Actual, IEnumerable<string>> PolicyOfAnApplication(ProdVault v, Random dice)
    {
        var (person, app) = (v.Azure.Add(PrincipalKind.User), AzureEstate.Id(777));
        v.Azure.Vault = v.Azure.Vault! with { Policies = [.. v.Azure.Vault.Policies, new(person, app, [], ["get"], [])] };
        return a => a.IsRbac ? [] : [About(Undeclared, $"{person}|policy/{app}|{AzureEstate.VaultId}"), Of(Human, person)];
    }

    private static Func<Actual, IEnumerable<string>> PolicyGrown(ProdVault v, Random dice)
    {
        v.SetPolicy(v.Issuers[1], "get", "sign", Pick(dice, "backup", "decrypt", "all"));
        return a => a.IsRbac ? [] : [About(Undeclared, $"{v.Issuers[1]}|policy|{AzureEstate.VaultId}")];
    }

    private static Func<Actual, IEnumerable<string>> ModelFlipped(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { IsRbac = v.Model is not PermissionModel.Rbac };
        return a => [About("vault-permission-model-flipped", ""), .. Force.CannotRotate(v, a)];
    }
}
