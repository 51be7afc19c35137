namespace Rekey.VaultAccess.Declared;

/// <summary>A declared grant.</summary>
/// <param name="Role">Name, GUID or resource id; null under access policies.</param>
/// <param name="DataActions">The exact operations on the vault's contents; null: those of the built-in role.</param>
/// <param name="Actions">Operations of the control plane that lead to data; null: those of the built-in role.</param>
/// <param name="IsActive">False for an eligible role.</param>
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
    /// <summary>The application through which its access policy counts; null for an access policy without one, and for roles.</summary>
    public string? ApplicationId { get; init; }

    /// <summary>The key of the grant.</summary>
    public string Key
    {
        get
        {
            var keys = Keys is null ? "" : $"|{string.Join(',', Keys)}";
            var application = ApplicationId is null ? "" : $"|application {ApplicationId}";
            return $"{PrincipalId}|{(IsActive ? "" : "eligible ")}{Role ?? "policy"}{application}{keys}".ToLowerInvariant();
        }
    }
}
