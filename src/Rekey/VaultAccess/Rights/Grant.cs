using System.Text.Json.Serialization;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Rights;

/// <summary>One principal's right on one vault, by role assignment or access policy.</summary>
/// <param name="ResourceId">What would have to be taken away.</param>
/// <param name="PrincipalId">As granted: it may be a group.</param>
/// <param name="Role">Null for an access policy, and where the role could not be read.</param>
/// <param name="RoleId">GUID; <c>policy</c> or <c>policy/{application}</c> for an access policy.</param>
/// <param name="Scope">Where it is given.</param>
/// <param name="Place">The same, seen from the vault.</param>
/// <param name="Actions">What it gives that leads to what is in the vault, sorted.</param>
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

    /// <summary>Operations of which it is not known whether it gives them.</summary>
    public IReadOnlyList<string> NotKnown { get; init; } = [];

    public bool HasCondition { get; init; }

    public DateTimeOffset? CreatedOn { get; init; }

    public string? CreatedBy { get; init; }

    /// <summary>What it is about: the same principal, role and scope are the same grant, whatever its resource is called this
    /// time.</summary>
    [JsonIgnore]
    public string Key => $"{PrincipalId}|{(Kind is GrantKind.Eligibility ? "eligible " : "")}{RoleId}|{Scope}".ToLowerInvariant();

    /// <summary>Whether it is known what it gives.</summary>
    [JsonIgnore]
    public bool IsReadable => Kind is GrantKind.AccessPolicy || Role is not null;

    /// <summary>What it gives, and what it may give, as people read it.</summary>
    [JsonIgnore]
    public IEnumerable<string> Gives =>
        Actions.Select(KeyVaultActions.ShortName).Concat(NotKnown.Select(n => $"{KeyVaultActions.ShortName(n)} (not known)"));

    /// <summary>The role's name as people read it.</summary>
    [JsonIgnore]
    public string RoleName => Kind is GrantKind.AccessPolicy ? "access policy" : Role?.Name ?? RoleId;
}
