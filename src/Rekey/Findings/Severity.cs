namespace Rekey.Findings;

/// <summary>The severity of a finding; the numbers are OCSF's <c>severity_id</c>.</summary>
public enum Severity
{
    Informational = 1,
    Low = 2,
    Medium = 3,
    High = 4,
    Critical = 5,
}
