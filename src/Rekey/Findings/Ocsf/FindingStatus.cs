namespace Rekey.Findings.Ocsf;

/// <summary>The state of people's work on a finding; the numbers are OCSF's <c>status_id</c>.</summary>
public enum FindingStatus
{
    New = 1,
    InProgress = 2,

    /// <summary>It turned out to be harmless or wrong.</summary>
    Suppressed = 3,
    Resolved = 4,
}
