namespace Rekey.VaultAccess.Roles;

/// <summary>A role: <c>Microsoft.Authorization/roleDefinitions</c>.</summary>
/// <param name="Id">The GUID at the end of its resource id, lower case: the part before it varies between replies.</param>
/// <param name="IsCustom">A custom role can be changed by its owners, a built-in one cannot.</param>
public sealed record RoleDefinition(string Id, string Name, bool IsCustom, IReadOnlyList<RolePermission> Permissions)
{
    /// <summary>Whether <paramref name="role"/> in a declaration (a name, a GUID or a resource id) is this role.</summary>
    public bool IsCalled(string role) =>
        string.Equals(role, Name, StringComparison.OrdinalIgnoreCase) || string.Equals(IdOf(role), Id, StringComparison.Ordinal);

    /// <summary>Returns the GUID at the end of a resource id.</summary>
    public static string IdOf(string resourceId) =>
        resourceId[(resourceId.TrimEnd('/').LastIndexOf('/') + 1)..].TrimEnd('/').ToLowerInvariant();

    /// <summary>The control-plane operations that it gives.</summary>
    public bool Gives(string operation) => Permissions.Any(p => p.Gives(operation));

    /// <summary>Returns the data operations that it gives: those of a catalog, and those that it names literally, which may be missing in
    /// the catalog.</summary>
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
