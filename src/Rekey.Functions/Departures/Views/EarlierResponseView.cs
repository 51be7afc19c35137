using Rekey.Functions.Rotations;

namespace Rekey.Functions.Departures.Views;

/// <summary>What a departure led to for a key before more became known about it, or in the second look.</summary>
/// <param name="Rotation">The rotation that it ordered; null when there is none.</param>
public sealed record EarlierResponseView(OutcomeView Outcome, RotationView? Rotation);
