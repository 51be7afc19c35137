namespace Rekey.DuckDb.Intake;

/// <summary>How far the engine is.</summary>
/// <param name="Stage">What it does, as a short phrase such as <c>reading issuances</c>.</param>
/// <param name="Percent">0 to 100; null where it cannot be told.</param>
public sealed record LogProgress(string Stage, double? Percent);
