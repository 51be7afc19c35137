namespace Rekey.Findings.Ocsf;

/// <summary>The role of a resource in a finding; the numbers are OCSF's <c>role_id</c>.</summary>
public enum ResourceRole
{
    Target = 1,
    Actor = 2,
    Affected = 3,
    Related = 4,
}
