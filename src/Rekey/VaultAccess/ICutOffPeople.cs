namespace Rekey.VaultAccess;

/// <summary>Lists the people whose access must end because they have left.</summary>
public interface ICutOffPeople
{
    /// <summary>Reads the object ids of the people who are cut off. No declaration counts for them, and their memberships of groups are
    /// reported.</summary>
    Task<IReadOnlySet<string>> ReadAsync(CancellationToken cancellationToken);
}
