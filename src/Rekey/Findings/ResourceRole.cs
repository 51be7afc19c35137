namespace Rekey.Findings;

/// <summary>What something on the scene is there for; the numbers are OCSF's <c>role_id</c>.</summary>
public enum ResourceRole
{
    Target = 1,
    Actor = 2,
    Affected = 3,
    Related = 4,
}
