using Rekey.Exposures.Grades;
using Rekey.Rotations;

namespace Rekey.Exposures;

/// <summary>Decides whether the rotation of an exposed key is immediate or graceful.</summary>
public static class DepartureUrgency
{
    /// <summary>Immediate when the person is hostile, or when the key counts as taken by its grade.</summary>
    public static Urgency Of(bool isHostile, ExposureGrade grade, ExposureOptions options) =>
        isHostile || grade is ExposureGrade.Extractable || (grade is ExposureGrade.Unproven && options.AssumeExtractable)
            ? Urgency.Immediate
            : Urgency.Graceful;
}
