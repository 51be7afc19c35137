namespace Rekey.Functions.Detections;

/// <summary>A requested sweep: where to read its progress and its findings.</summary>
/// <param name="State">Path of the progress.</param>
/// <param name="Findings">Path of the findings.</param>
public sealed record SweepRequested(string State, string Findings);
