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
/// <param name="Actions">The operations that lead to the vault's contents, or to the keys of the storage account that keeps its audit
/// log; sorted.</param>
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

    /// <summary>The application through which an access policy counts; null for all other grants.</summary>
    public string? ApplicationId { get; init; }

    public bool HasCondition { get; init; }

    public DateTimeOffset? CreatedOn { get; init; }

    public string? CreatedBy { get; init; }

    /// <summary>The key of the grant: principal, role and scope identify it, whatever its resource id.</summary>
    [JsonIgnore]
    public string Key => $"{PrincipalId}|{(Kind is GrantKind.Eligibility ? "eligible " : "")}{RoleId}|{Scope}".ToLowerInvariant();

    /// <summary>Whether it is an access policy, with or without an application.</summary>
    [JsonIgnore]
    public bool IsPolicy => Kind is GrantKind.AccessPolicy or GrantKind.ApplicationAccessPolicy;

    /// <summary>Whether its operations are known.</summary>
    [JsonIgnore]
    public bool IsReadable => IsPolicy || Role is not null;

    /// <summary>Whether it leads to the vault's contents. Otherwise it leads to its audit log only.</summary>
    [JsonIgnore]
    public bool LeadsToVault => !Actions.All(KeyVaultActions.IsOfStorage);

    /// <summary>The operations that it gives or may give, for display.</summary>
    [JsonIgnore]
    public IEnumerable<string> Gives =>
        Actions.Select(KeyVaultActions.ShortName).Concat(NotKnown.Select(n => $"{KeyVaultActions.ShortName(n)} (not known)"));

    /// <summary>The role's name, for display.</summary>
    [JsonIgnore]
    public string RoleName =>
        Kind switch
        {
            GrantKind.AccessPolicy => "access policy",
            GrantKind.ApplicationAccessPolicy => $"access policy through application {ApplicationId}",
            _ => Role?.Name ?? RoleId,
        };
}
