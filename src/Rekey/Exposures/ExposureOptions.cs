namespace Rekey.Exposures;

/// <summary>How exposures are judged.</summary>
public sealed class ExposureOptions
{
    /// <summary>
    /// Whether a departed person counts as having taken every key that they could have used: it is rotated at once, and else gracefully.
    /// </summary>
    /// <remarks>True: no audit log is read, so nobody can prove that a key never left, and what is not proven is not assumed.</remarks>
    public bool AssumeExtractable { get; set; } = true;
}
