namespace Rekey.Rotations;

/// <summary>The progress of a rotation.</summary>
/// <param name="NextStepAt">When to continue; null when nothing is left to do.</param>
/// <param name="IsNew">
/// False when it was not due and nothing had been decided: the message that set this time comes again then, and no other is needed.
/// </param>
public sealed record RotationProgress(RotationState State, DateTimeOffset? NextStepAt, bool IsNew);
