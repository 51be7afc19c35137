namespace Rekey.Rotations;

/// <summary>How far a rotation came.</summary>
/// <param name="NextStepAt">When to come again; null when nothing is left to do.</param>
/// <param name="IsNew">False when it was not due and nothing had been decided: whoever said that time comes again then, and nobody else
/// need.</param>
public sealed record RotationProgress(RotationState State, DateTimeOffset? NextStepAt, bool IsNew);
