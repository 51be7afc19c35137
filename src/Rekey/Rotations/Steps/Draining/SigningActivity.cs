namespace Rekey.Rotations.Steps.Draining;

/// <summary>Whether a version still signs, by the logs.</summary>
public enum SigningActivity
{
    /// <summary>The log is complete over the whole time and shows no issuance.</summary>
    None,

    /// <summary>The log shows issuances.</summary>
    Some,

    /// <summary>There is no log, or it has a gap: unknown.</summary>
    Unknown,
}
