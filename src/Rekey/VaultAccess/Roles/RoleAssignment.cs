namespace Rekey.VaultAccess.Roles;

/// <summary>A role that is in force for a principal at a scope: <c>Microsoft.Authorization/roleAssignments</c>.</summary>
/// <param name="Id">Its resource id.</param>
/// <param name="RoleId">GUID of the role, lower case.</param>
/// <param name="PrincipalType">As Azure has it: <c>User</c>, <c>Group</c>, <c>ServicePrincipal</c>, and future types.</param>
/// <param name="Scope">A resource, its group, subscription or management group; or <see cref="VaultScope.Root"/>.</param>
/// <param name="Condition">A condition that limits it; Rekey does not evaluate it.</param>
/// <param name="ActivationOf">The eligibility that was activated, by <see cref="Eligibility.Id"/>; null if assigned directly.</param>
public sealed record RoleAssignment(
    string Id,
    string RoleId,
    string PrincipalId,
    string PrincipalType,
    string Scope,
    string? Condition = null,
    string? ActivationOf = null,
    DateTimeOffset? CreatedOn = null,
    string? CreatedBy = null
);
