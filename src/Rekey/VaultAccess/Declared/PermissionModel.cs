namespace Rekey.VaultAccess.Declared;

/// <summary>The permission models of a vault.</summary>
public enum PermissionModel
{
    Rbac,
    AccessPolicies,
}
