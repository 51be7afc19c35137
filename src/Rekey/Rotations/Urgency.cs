namespace Rekey.Rotations;

/// <summary>The urgency of a rotation. Of two causes the higher value wins.</summary>
public enum Urgency
{
    /// <summary>Graceful: verifiers and issuers get their time.</summary>
    Graceful,

    /// <summary>Immediate: the private key may be stolen, so containment comes first.</summary>
    Immediate,
}
