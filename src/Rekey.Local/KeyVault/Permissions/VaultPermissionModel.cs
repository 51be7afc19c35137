namespace Rekey.Local.KeyVault.Permissions;

/// <summary>The permission model of a vault, which its errors show.</summary>
public enum VaultPermissionModel
{
    /// <summary>Azure role assignments: a refusal has the inner code ForbiddenByRbac.</summary>
    Rbac,

    /// <summary>Access policies: a refusal has the inner code ForbiddenByPolicy.</summary>
    AccessPolicies,
}
