namespace Rekey.Findings.Record;

/// <summary>A finding as it was last told of.</summary>
/// <param name="Line">The ledger line that told of it.</param>
/// <param name="At">When.</param>
public sealed record ReportedFinding(Finding Finding, long Line, DateTimeOffset At);
