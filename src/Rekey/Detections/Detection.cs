using Rekey.Findings;

namespace Rekey.Detections;

/// <summary>A detection: a named pair of queries that yields findings, read from its folder in <c>detections/</c>.</summary>
/// <param name="Id">The folder's name.</param>
/// <param name="Severity">The severity of its findings; see <see cref="SeverityOf"/>.</param>
/// <param name="Yields">The shape of its rows.</param>
/// <param name="Attack">MITRE ATT&amp;CK technique, such as <c>T1606</c>; null if none fits.</param>
/// <param name="IsLive">A quiet detection is only counted; a live one raises findings and triggers responses.</param>
/// <param name="Kql">The query for Log Analytics, without the prelude.</param>
/// <param name="Sql">The query for DuckDB, without the prelude.</param>
public sealed record Detection(
    string Id,
    string Title,
    Severity Severity,
    string? Attack,
    DetectionRows Yields,
    DetectionResponse Response,
    bool IsLive,
    string Kql,
    string Sql
)
{
    /// <summary>Every verdict that its rows can have; empty if it yields gaps. They determine which tokens are judged again after a late
    /// issuance.</summary>
    public IReadOnlyList<Verdict> Verdicts { get; init; } = [];

    /// <summary>Returns the detection's severity, but a lower one for a verdict on legitimate tokens.</summary>
    public Severity SeverityOf(Verdict verdict) => verdict.IsLegitimate() ? Severity.Informational : Severity;
}
