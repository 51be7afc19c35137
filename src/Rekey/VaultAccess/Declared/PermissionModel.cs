namespace Rekey.VaultAccess.Declared;

/// <summary>Which permission model a vault has.</summary>
public enum PermissionModel
{
    Rbac,
    AccessPolicies,
}
