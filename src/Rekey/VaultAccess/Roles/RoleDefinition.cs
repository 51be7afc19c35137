namespace Rekey.VaultAccess.Roles;

/// <summary>A role: <c>Microsoft.Authorization/roleDefinitions</c>.</summary>
/// <param name="Id">The GUID at the end of its resource id, lower case: what stands before it differs from answer to answer.</param>
/// <param name="IsCustom">A custom role can be changed by its owners, a built-in one cannot.</param>
public sealed record RoleDefinition(string Id, string Name, bool IsCustom, IReadOnlyList<RolePermission> Permissions)
{
    /// <summary>Whether a declaration that says <paramref name="role"/> (a name, a GUID or a resource id) means this role.</summary>
    public bool IsCalled(string role) =>
        string.Equals(role, Name, StringComparison.OrdinalIgnoreCase) || string.Equals(IdOf(role), Id, StringComparison.Ordinal);

    /// <summary>The GUID at the end of a resource id.</summary>
    public static string IdOf(string resourceId) =>
        resourceId[(resourceId.TrimEnd('/').LastIndexOf('/') + 1)..].TrimEnd('/').ToLowerInvariant();

    /// <summary>Control-plane operations that it gives.</summary>
    public bool Gives(string operation) => Permissions.Any(p => p.Gives(operation));

    /// <summary>Operations of a catalog that it gives on what is kept inside, and those that it names outright, which the catalog may not
    /// know yet.</summary>
    public IEnumerable<string> DataAmong(IEnumerable<string> catalog)
    {
        var named = Permissions
            .SelectMany(p => p.DataActions)
            .Where(a =>
                !a.Contains('*', StringComparison.Ordinal) && a.StartsWith(KeyVaultActions.Vaults, StringComparison.OrdinalIgnoreCase)
            );
        return catalog.Concat(named).Where(o => Permissions.Any(p => p.GivesData(o))).Distinct(StringComparer.OrdinalIgnoreCase);
    }
}
