namespace Rekey.Exposures;

/// <summary>How exposures are judged.</summary>
public sealed class ExposureOptions
{
    /// <summary>The grade while no audit log is read.</summary>
    /// <remarks>Extractable: without the log nobody can prove that a key never left, and what is not proven is not assumed.</remarks>
    public ExposureGrade GradeWithoutHistory { get; set; } = ExposureGrade.Extractable;
}
