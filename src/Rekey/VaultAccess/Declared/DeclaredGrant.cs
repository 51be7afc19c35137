namespace Rekey.VaultAccess.Declared;

/// <summary>A grant that is meant to be there.</summary>
/// <param name="Role">Name, GUID or resource id; null under access policies.</param>
/// <param name="DataActions">What it may give inside the vault at most, and must at least; null: what the built-in role gives.</param>
/// <param name="Actions">Operations of the control plane that lead to data; null: what the built-in role gives.</param>
/// <param name="IsActive">False for a role that may only be activated.</param>
/// <param name="Keys">The keys that it is limited to; null for the whole vault.</param>
public sealed record DeclaredGrant(
    string PrincipalId,
    PrincipalKind PrincipalKind,
    string? Role,
    IReadOnlyList<string>? DataActions,
    IReadOnlyList<string>? Actions,
    bool IsActive,
    IReadOnlyList<string>? Keys,
    string Why
)
{
    /// <summary>What it is about.</summary>
    public string Key
    {
        get
        {
            var keys = Keys is null ? "" : $"|{string.Join(',', Keys)}";
            return $"{PrincipalId}|{(IsActive ? "" : "eligible ")}{Role ?? "policy"}{keys}".ToLowerInvariant();
        }
    }
}
