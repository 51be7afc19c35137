namespace Rekey.VaultAccess.Rights;

/// <summary>By what a group can go a way round: one mistake, however many are in it.</summary>
/// <param name="Given">A role and the scope that it is assigned at, or an ownership.</param>
public sealed record GroupAttackPath(string GroupId, string Given)
{
    /// <summary>Stays the same while members come and go.</summary>
    public string Key => $"{GroupId}|{Given}".ToLowerInvariant();
}
