using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Drifts;

/// <summary>Holds what is there against what is declared. Pure: the same reading and declaration give the same drift, in the same
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
            // Under the other model nothing that was declared is in force: that is said once.
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
                $"{reading.Unseen.Count} parts of who reaches a vault could not be read, and nothing is said of them.",
                Facts.Of(
                    ("vault", reading.VaultId),
                    ("notSeen", string.Join("; ", reading.Unseen.Select(u => $"{u.Part}: {u.What} ({u.Why})")))
                ),
                []
            );
        }
    }
}
