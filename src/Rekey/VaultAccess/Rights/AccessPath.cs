namespace Rekey.VaultAccess.Rights;

/// <summary>The ways in which a principal has access.</summary>
public enum AccessPath
{
    /// <summary>By a direct grant.</summary>
    Direct,

    /// <summary>As a member of a group with a grant.</summary>
    Group,

    /// <summary>By an attack path: by acting as a principal with a grant.</summary>
    Indirect,
}
