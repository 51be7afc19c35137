using static Rekey.Tests.VaultAccess.ReportedFindings;

namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>What is in force once all changes are made, read off the estate itself and not by what is tested.</summary>
internal static class Force
{
    /// <summary>Who may write in the whole group may also use the identities that are there.</summary>
    public static IEnumerable<string> Steers(ProdVault v, Actual a, string person) =>
        Identities(v).Any(i => HasRight(v, a, i)) || HasStrangers(v, a) ? [Of(Indirect, person)] : [];

    /// <summary>Whether a principal has a right, by itself or in a group.</summary>
    public static bool HasRight(ProdVault v, Actual a, string principal) =>
        a.IsRbac
            ? v.Azure.Assignments.Any(x => IsOrHolds(v, x.PrincipalId, principal) && x.RoleId != v.Reader.Id)
            : v.Azure.Vault!.Policies.Any(p => IsOrHolds(v, p.ObjectId, principal));

    /// <summary>Whether Rekey may not rotate, or does not come in.</summary>
    public static IEnumerable<string> CannotRotate(ProdVault v, Actual a)
    {
        var network = v.Azure.Vault!.Network;
        var mayRotate = a.IsRbac
            ? v.Azure.Assignments.Any(x => x.RoleId == v.Rotator.Id && IsOrHolds(v, x.PrincipalId, v.Rekey))
            : v.Azure.Vault.Policies.Any(p => IsOrHolds(v, p.ObjectId, v.Rekey));
        var comesIn =
            (network.IsPublic && network.AllowsAll)
            || network.PrivateEndpoints.Contains(AzureEstate.Endpoint, StringComparer.OrdinalIgnoreCase);
        return mayRotate && comesIn ? [] : [About(Rotation, "")];
    }

    private static IEnumerable<string> Identities(ProdVault v) => v.Issuers.Append(v.Rekey).Where(v.Azure.Identities.ContainsKey);

    /// <summary>Whether an identity with an undeclared right is in the group: it can be used like any other.</summary>
    private static bool HasStrangers(ProdVault v, Actual a) =>
        a.IsRbac
            ? v.Azure.Assignments.Any(x =>
                v.Azure.Roles[x.RoleId].Permissions.Any(p => p.DataActions.Count > 0) && IsBehind(v, x.PrincipalId)
            )
            : v.Azure.Vault!.Policies.Any(p => IsBehind(v, p.ObjectId));

    private static bool IsBehind(ProdVault v, string principal) =>
        v.Azure.Identities.ContainsKey(principal)
        || v.Azure.Members.GetValueOrDefault(principal)?.Any(v.Azure.Identities.ContainsKey) == true;

    private static bool IsOrHolds(ProdVault v, string holder, string principal) =>
        holder == principal || v.Azure.Members.GetValueOrDefault(holder)?.Contains(principal) == true;
}
