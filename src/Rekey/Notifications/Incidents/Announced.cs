using Rekey.Findings;

namespace Rekey.Notifications.Incidents;

/// <summary>The last notification of an incident.</summary>
/// <param name="Severity">The highest severity so far.</param>
/// <param name="Situation">Whether it was contained, and what was wanted.</param>
/// <param name="Line">The number of its ledger line.</param>
/// <param name="At">When.</param>
public sealed record Announced(Severity Severity, string Situation, long Line, DateTimeOffset At);
