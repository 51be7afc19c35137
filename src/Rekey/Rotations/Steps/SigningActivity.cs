namespace Rekey.Rotations.Steps;

/// <summary>Whether a version still signs.</summary>
public enum SigningActivity
{
    /// <summary>A log that was complete over the whole time shows none.</summary>
    None,

    /// <summary>There were issuances.</summary>
    Some,

    /// <summary>There is no log, or it has a hole: nobody can tell.</summary>
    Unknown,
}
