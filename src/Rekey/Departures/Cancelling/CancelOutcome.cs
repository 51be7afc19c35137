using Rekey.Rotations;

namespace Rekey.Departures.Cancelling;

/// <summary>The outcome of a request to cancel a rotation: the rotation as it is now, and the refusal if there was one.</summary>
public sealed record CancelOutcome(Rotation? Rotation, CancelRefusal? Refusal);
