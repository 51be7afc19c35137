namespace Rekey.VaultAccess.Rights;

/// <summary>How somebody comes by access.</summary>
public enum AccessPath
{
    /// <summary>By a grant of their own.</summary>
    Direct,

    /// <summary>As a member of a group that has it.</summary>
    Group,

    /// <summary>By making use of somebody that has it.</summary>
    Indirect,
}
