using System.Collections.Frozen;
using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Drifts;

/// <summary>Compares a reading with the declaration. Pure: the same reading and declaration give the same drift, in the same
/// order.</summary>
public static class DriftJudge
{
    /// <param name="left">Object ids of people who have left: no declaration counts for them. Null for none.</param>
    public static IReadOnlyList<Drift> Judge(
        Declaration declaration,
        DeclaredVault vaultAsDeclared,
        VaultReading reading,
        IReadOnlySet<string>? left = null
    )
    {
        left ??= FrozenSet<string>.Empty;
        var declared = LeaverDrift.Without(vaultAsDeclared, left);
        var isFlipped = reading.Vault is { } vault && vault.IsRbac != declaration.PermissionModel is PermissionModel.Rbac;
        return
        [
            .. VaultDrift.Of(declaration, declared, reading),
            .. GrantDrift.Undeclared(declared, reading).Select(d => left.Contains(d.Grant!.PrincipalId) ? LeaverDrift.Of(d) : d),
            // Under the other model no declared grant is in force: one drift reports that.
            .. isFlipped ? [] : GrantDrift.Missing(declared, reading),
            .. RotationDrift.Of(declared, reading),
            .. PersonDrift.Of(declaration, declared, reading),
            .. LeaverDrift.Of(declared, reading, left),
            .. NotSeen(declared, reading),
        ];
    }

    private static IEnumerable<Drift> NotSeen(DeclaredVault declared, VaultReading reading)
    {
        if (reading.Unseen.Count > 0)
        {
            yield return new(
                DriftKind.NotSeen,
                declared.Name,
                "",
                $"{reading.Unseen.Count} parts of the access to a vault could not be read, so Rekey cannot judge them.",
                Facts.Of(
                    ("vault", reading.VaultId),
                    ("notSeen", string.Join("; ", reading.Unseen.Select(u => $"{u.Part}: {u.What} ({u.Why})")))
                ),
                []
            );
        }
    }
}
