namespace Rekey.Findings.Ocsf;

/// <summary>The activity on a finding; the numbers are OCSF's <c>activity_id</c> of class 2004.</summary>
public enum FindingActivity
{
    Create = 1,
    Update = 2,
    Close = 3,
}
