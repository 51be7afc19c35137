namespace Rekey.VaultAccess.Roles;

/// <summary>A role that a principal may activate: <c>Microsoft.Authorization/roleEligibilityScheduleInstances</c>.</summary>
/// <param name="Id">Its resource id.</param>
public sealed record Eligibility(string Id, string RoleId, string PrincipalId, string PrincipalType, string Scope);
