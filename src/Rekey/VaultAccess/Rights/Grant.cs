using System.Text.Json.Serialization;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Rights;

/// <summary>A principal's right on a vault, by role assignment or access policy.</summary>
/// <param name="ResourceId">The resource to delete in order to remove the grant.</param>
/// <param name="PrincipalId">The grantee, which may be a group.</param>
/// <param name="Role">Null for an access policy, or if the role could not be read.</param>
/// <param name="RoleId">GUID; <c>policy</c> or <c>policy/{application}</c> for an access policy.</param>
/// <param name="Scope">The scope of the grant.</param>
/// <param name="Place">The scope relative to the vault.</param>
/// <param name="Actions">The operations that lead to the vault's contents, sorted.</param>
public sealed record Grant(
    GrantKind Kind,
    string ResourceId,
    string PrincipalId,
    PrincipalKind PrincipalKind,
    RoleDefinition? Role,
    string RoleId,
    string Scope,
    VaultScope Place,
    IReadOnlyList<string> Actions
)
{
    /// <summary>The eligibility that was activated; null for a standing right.</summary>
    public string? ActivationOf { get; init; }

    /// <summary>Operations that it may or may not give.</summary>
    public IReadOnlyList<string> NotKnown { get; init; } = [];

    public bool HasCondition { get; init; }

    public DateTimeOffset? CreatedOn { get; init; }

    public string? CreatedBy { get; init; }

    /// <summary>The key of the grant: principal, role and scope identify it, whatever its resource id.</summary>
    [JsonIgnore]
    public string Key => $"{PrincipalId}|{(Kind is GrantKind.Eligibility ? "eligible " : "")}{RoleId}|{Scope}".ToLowerInvariant();

    /// <summary>Whether its operations are known.</summary>
    [JsonIgnore]
    public bool IsReadable => Kind is GrantKind.AccessPolicy || Role is not null;

    /// <summary>The operations that it gives or may give, for display.</summary>
    [JsonIgnore]
    public IEnumerable<string> Gives =>
        Actions.Select(KeyVaultActions.ShortName).Concat(NotKnown.Select(n => $"{KeyVaultActions.ShortName(n)} (not known)"));

    /// <summary>The role's name, for display.</summary>
    [JsonIgnore]
    public string RoleName => Kind is GrantKind.AccessPolicy ? "access policy" : Role?.Name ?? RoleId;
}
