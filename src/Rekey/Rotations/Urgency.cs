namespace Rekey.Rotations;

/// <summary>
/// Whether a rotation is immediate or graceful. Who orders it decides: <c>DepartureUrgency</c> for departures, <c>OrderForgedKeys</c> for
/// forged tokens (immediate), <c>RotateByAge</c> for old keys (graceful). When two causes meet, the higher value wins.
/// </summary>
public enum Urgency
{
    /// <summary>Old versions end when their last honest token has expired.</summary>
    Graceful,

    /// <summary>Somebody may hold the private key: containment comes first, and live tokens of the old versions end.</summary>
    Immediate,
}
