namespace Rekey.VaultAccess.Rights;

/// <summary>The kinds of grants.</summary>
public enum GrantKind
{
    RoleAssignment,
    AccessPolicy,

    /// <summary>
    /// An access policy with an application. It counts only for a token that this application got for the principal; the principal alone
    /// cannot use it.
    /// </summary>
    ApplicationAccessPolicy,

    /// <summary>An eligible role, which the principal may activate.</summary>
    Eligibility,
}
