using Rekey.Findings;

namespace Rekey.Detections;

/// <summary>A named pair of queries that yields findings, read from its folder in <c>detections/</c>.</summary>
/// <param name="Id">The folder's name.</param>
/// <param name="Severity">Of its findings; see <see cref="SeverityOf"/>.</param>
/// <param name="Yields">The shape of its rows.</param>
/// <param name="Attack">MITRE ATT&amp;CK technique, such as <c>T1606</c>; null where none fits.</param>
/// <param name="IsLive">A quiet detection is counted; a live one raises findings, and what follows from them.</param>
/// <param name="Kql">For Log Analytics, behind the prelude.</param>
/// <param name="Sql">For DuckDB, behind the prelude.</param>
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
    /// <summary>Every verdict that its rows may bear; empty where it yields gaps. By these it is known what is judged again when an
    /// issuance comes late.</summary>
    public IReadOnlyList<Verdict> Verdicts { get; init; } = [];

    /// <summary>The detection's own; but what verifiers do for a while after a key ended is honest, and nothing to act on.</summary>
    public Severity SeverityOf(Verdict verdict) => verdict is Verdict.VerifierLag ? Severity.Informational : Severity;
}
