namespace Rekey.VaultAccess.Rights;

/// <summary>By what a right is given.</summary>
public enum GrantKind
{
    RoleAssignment,
    AccessPolicy,

    /// <summary>A role that may be activated.</summary>
    Eligibility,
}
