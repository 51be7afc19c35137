namespace Rekey.Functions.Detections;

/// <summary>A sweep that was asked for: where to see how it is doing, and what it finds.</summary>
/// <param name="State">A path.</param>
/// <param name="Findings">A path.</param>
public sealed record SweepRequested(string State, string Findings);
