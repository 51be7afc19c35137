using Rekey.VaultAccess.Declared;
using static Rekey.Tests.VaultAccess.ReportedFindings;

namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>What decides whether Rekey itself can rotate (T24).</summary>
internal static class RotationDriftChanges
{
    public static readonly IReadOnlyList<Change> All = [RotatorGoes, RotatorByGroup, EndpointGone];

    private static Func<Actual, IEnumerable<string>> RotatorGoes(ProdVault v, Random dice)
    {
        v.Revoke(v.Rekey);
        return a => [.. MissingOfRekey(v, a), .. Force.CannotRotate(v, a)];
    }

    /// <summary>Not as it was declared, and rotation is allowed all the same.</summary>
    private static Func<Actual, IEnumerable<string>> RotatorByGroup(ProdVault v, Random dice)
    {
        v.Revoke(v.Rekey);
        var group = v.Azure.AddGroup(v.Rekey);
        v.Declare(group, v.Rotator, ProdVault.Rotate);
        return a =>
            [
                .. MissingOfRekey(v, a),
                .. v.Model is PermissionModel.Rbac && a.IsRbac && v.HasGrownRotator
                    ? [Of(Undeclared, group, v.Rotator)]
                    : Array.Empty<string>(),
                .. Force.CannotRotate(v, a),
            ];
    }

    private static Func<Actual, IEnumerable<string>> EndpointGone(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with
        {
            Network = v.Azure.Vault.Network with
            {
                PrivateEndpoints =
                [
                    .. v.Azure.Vault.Network.PrivateEndpoints.Where(e =>
                        !e.Equals(AzureEstate.Endpoint, StringComparison.OrdinalIgnoreCase)
                    ),
                ],
            },
        };
        return a => Force.CannotRotate(v, a);
    }

    private static IEnumerable<string> MissingOfRekey(ProdVault v, Actual a) =>
        a.IsDeclaredModel ? [About(Missing, $"{v.Rekey}|{v.Rotator.Name}")] : [];
}
