namespace Rekey.Findings.Ocsf;

/// <summary>The facts of one event in the life of a detection's finding, as OCSF needs them.</summary>
/// <param name="Uid">Deterministic: create, update and close events of a finding carry the same.</param>
/// <param name="Analytic">The detection, a stable code.</param>
/// <param name="Title">The finding in a few words.</param>
/// <param name="Message">What happened, in one sentence.</param>
/// <param name="Attack">MITRE ATT&amp;CK technique, such as <c>T1606</c>; null where none fits.</param>
/// <param name="CreatedAt">When the finding was first made.</param>
/// <param name="At">When this event took place.</param>
/// <param name="FirstSeen">The first of the events that it rests on.</param>
/// <param name="Events">How many events it rests on.</param>
/// <param name="Remedy">What a person should do.</param>
public sealed record DetectionFacts(
    string Uid,
    FindingActivity Activity,
    FindingStatus Status,
    string Analytic,
    string Title,
    string Message,
    Severity Severity,
    string? Attack,
    DateTimeOffset CreatedAt,
    DateTimeOffset At,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    long Events,
    string? Remedy,
    IReadOnlyList<FindingResource> Resources,
    IReadOnlyList<FindingEvidence> Evidence,
    IReadOnlyDictionary<string, string> Labels
);
