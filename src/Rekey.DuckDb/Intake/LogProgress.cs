namespace Rekey.DuckDb.Intake;

/// <summary>The progress of the engine.</summary>
/// <param name="Stage">The current step, such as <c>reading issuances</c>.</param>
/// <param name="Percent">0 to 100; null if unknown.</param>
public sealed record LogProgress(string Stage, double? Percent);
