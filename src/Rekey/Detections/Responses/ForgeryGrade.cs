namespace Rekey.Detections.Responses;

/// <summary>How certain it is that a key is stolen. A higher grade replaces a lower one.</summary>
public enum ForgeryGrade
{
    /// <summary>The evidence is incomplete: the signature is not known to be verified, the log had a gap, or the content differs from the
    /// issuance.</summary>
    Suspected,

    /// <summary>The key signed tokens that its issuer did not issue, but fewer than proof needs.</summary>
    Likely,

    /// <summary>Several distinct tokens that the key signed and its issuer did not issue, with a sound log. Rekey rotates the key at
    /// once, without approval (unless the mode needs it).</summary>
    Proven,
}
