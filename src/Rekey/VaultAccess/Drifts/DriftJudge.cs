using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Drifts;

/// <summary>Compares a reading with the declaration. Pure: the same reading and declaration give the same drift, in the same
/// order.</summary>
public static class DriftJudge
{
    public static IReadOnlyList<Drift> Judge(Declaration declaration, DeclaredVault declared, VaultReading reading)
    {
        var isFlipped = reading.Vault is { } vault && vault.IsRbac != declaration.PermissionModel is PermissionModel.Rbac;
        return
        [
            .. VaultDrift.Of(declaration, declared, reading),
            .. GrantDrift.Undeclared(declared, reading),
            // Under the other model no declared grant is in force: one drift reports that.
            .. isFlipped ? [] : GrantDrift.Missing(declared, reading),
            .. RotationDrift.Of(declared, reading),
            .. PersonDrift.Of(declaration, declared, reading),
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
