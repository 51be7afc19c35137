namespace Rekey.Local.ResourceManager;

/// <summary>A role that may be activated.</summary>
public sealed record ArmEligibility(string Name, string Scope, string RoleId, string PrincipalId, string PrincipalType)
{
    public string Id => ArmEstate.Under(Scope, "roleEligibilityScheduleInstances", Name);
}
