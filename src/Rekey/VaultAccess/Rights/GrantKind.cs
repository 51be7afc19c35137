namespace Rekey.VaultAccess.Rights;

/// <summary>The kinds of grants.</summary>
public enum GrantKind
{
    RoleAssignment,
    AccessPolicy,

    /// <summary>An eligible role, which the principal may activate.</summary>
    Eligibility,
}
