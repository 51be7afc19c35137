namespace Rekey.Local.KeyVault.Permissions;

/// <summary>How a vault decides on access, which shows in its errors.</summary>
public enum VaultPermissionModel
{
    /// <summary>Azure role assignments: a refusal has the inner code ForbiddenByRbac.</summary>
    Rbac,

    /// <summary>Access policies: a refusal has the inner code ForbiddenByPolicy.</summary>
    AccessPolicies,
}
