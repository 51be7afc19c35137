namespace Rekey.Rotations;

/// <summary>How much of a hurry there is. The higher value wins when two causes meet.</summary>
public enum Urgency
{
    /// <summary>Verifiers and issuers get their time.</summary>
    Graceful,

    /// <summary>The private key may be in somebody's pocket: containment first.</summary>
    Immediate,
}
