namespace Rekey.Findings.Record;

/// <summary>A finding as it was last reported.</summary>
/// <param name="Line">The ledger line that reported it.</param>
/// <param name="At">When it was reported.</param>
public sealed record ReportedFinding(Finding Finding, long Line, DateTimeOffset At);
