namespace Rekey.Findings;

/// <summary>What happens to a finding; the numbers are OCSF's <c>activity_id</c> of class 2004.</summary>
public enum FindingActivity
{
    Create = 1,
    Update = 2,
    Close = 3,
}

/// <summary>How far people are with a finding; the numbers are OCSF's <c>status_id</c>.</summary>
public enum FindingStatus
{
    New = 1,
    InProgress = 2,

    /// <summary>It turned out to be harmless or wrong.</summary>
    Suppressed = 3,
    Resolved = 4,
}

/// <summary>What something on the scene is there for; the numbers are OCSF's <c>role_id</c>.</summary>
public enum ResourceRole
{
    Target = 1,
    Actor = 2,
    Affected = 3,
    Related = 4,
}

/// <summary>A thing that a finding is about, such as a signing key.</summary>
public sealed record FindingResource(string Uid, string Name, string Type, ResourceRole Role);

/// <summary>One piece of evidence: where something came from, and checkable facts about it.</summary>
public sealed record FindingEvidence(string? Address, IReadOnlyDictionary<string, string> Facts);

/// <summary>A detection's finding in general words, for whoever reads OCSF: one event of its life.</summary>
/// <param name="Uid">Deterministic: update and close carry the same.</param>
/// <param name="Analytic">The detection, a stable code.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Message">What happened, in one sentence.</param>
/// <param name="Attack">MITRE ATT&amp;CK technique, such as <c>T1606</c>; null where none fits.</param>
/// <param name="CreatedAt">When the finding was first made.</param>
/// <param name="At">When this event of its life took place.</param>
/// <param name="FirstSeen">The first of the events that it rests on.</param>
/// <param name="Events">How many events it rests on.</param>
/// <param name="Remedy">What a person should do.</param>
public sealed record DetectionFacts(string Uid, FindingActivity Activity, FindingStatus Status, string Analytic, string Title, string Message, Severity Severity, string? Attack,
    DateTimeOffset CreatedAt, DateTimeOffset At, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Events, string? Remedy,
    IReadOnlyList<FindingResource> Resources, IReadOnlyList<FindingEvidence> Evidence, IReadOnlyDictionary<string, string> Labels);
