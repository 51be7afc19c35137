using Rekey.VaultAccess.Declared;
using static Rekey.Tests.VaultAccess.ReportedFindings;

namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>Identities of another environment.</summary>
internal static class ForeignChanges
{
    public static readonly IReadOnlyList<Change> All = [ForeignIdentity, ForeignInGroup];

    private static Func<Actual, IEnumerable<string>> ForeignIdentity(ProdVault v, Random dice)
    {
        v.Azure.Assign(v.Foreign, v.Signer);
        return a => a.IsRbac ? [Of(Undeclared, v.Foreign, v.Signer), Of(ForeignKind, v.Foreign)] : [];
    }

    private static Func<Actual, IEnumerable<string>> ForeignInGroup(ProdVault v, Random dice)
    {
        v.Declare(v.Azure.AddGroup(v.Foreign), v.Rotator, ProdVault.Rotate);
        return a =>
            (a.IsDeclaredModel ? [Of(ForeignKind, v.Foreign)] : Array.Empty<string>()).Concat(
                a.IsRbac && v.Model is PermissionModel.Rbac && v.HasGrownRotator
                    ?
                    [
                        About(
                            Undeclared,
                            $"{v.Azure.Members.Single(m => m.Value.Contains(v.Foreign)).Key}|{v.Rotator.Id}|{AzureEstate.VaultId}"
                        ),
                    ]
                    : []
            );
    }
}
