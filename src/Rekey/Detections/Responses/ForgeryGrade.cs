namespace Rekey.Detections.Responses;

/// <summary>How sure it is that somebody else holds a key. The higher one takes the place of a lower.</summary>
public enum ForgeryGrade
{
    /// <summary>Something is missing: the signature was not said to be verified, the log had a gap then, or the content differs from what
    /// was issued.</summary>
    Suspected,

    /// <summary>The key signed what its issuer did not issue, and there are fewer such tokens than it takes.</summary>
    Likely,

    /// <summary>Several distinct tokens that the key signed and its issuer did not issue, with a sound log: its rotation is immediate and
    /// asks nobody (unless everything does).</summary>
    Proven,
}
