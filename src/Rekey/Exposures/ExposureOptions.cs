namespace Rekey.Exposures;

/// <summary>Settings for the assessment of exposed keys.</summary>
public sealed class ExposureOptions
{
    /// <summary>
    /// Whether a departed person counts as having taken every key that they could have used. If so, such a key is rotated at once,
    /// otherwise gracefully.
    /// </summary>
    /// <remarks>True by default: no audit log is read, so there is no proof that a key never left its vault.</remarks>
    public bool AssumeExtractable { get; set; } = true;
}
