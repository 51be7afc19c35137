namespace Rekey.VaultAccess.Rights;

/// <summary>The right that opens an attack path to a group: one mistake, whatever the number of members.</summary>
/// <param name="Given">A role and the scope that it is assigned at, or an ownership.</param>
public sealed record GroupAttackPath(string GroupId, string Given)
{
    /// <summary>The key, which does not depend on members.</summary>
    public string Key => $"{GroupId}|{Given}".ToLowerInvariant();
}
