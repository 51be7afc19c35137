using Rekey.Exposures.Grades;

namespace Rekey.Exposures;

/// <summary>A key that a person could have used or taken, with the reasons.</summary>
/// <param name="CoveredUntil">When the last access by any of the reasons ended: versions made later are not exposed.</param>
public sealed record Exposure(string KeyId, IReadOnlyList<ExposureReason> Reasons, DateTimeOffset CoveredUntil, KeyGrade Grade)
{
    /// <summary>The most reasons of one kind that are kept for a person and a key; one more counts the rest.</summary>
    public const int MaxReasonsOfKind = 5;

    /// <summary>When its oldest trusted version was made; null when that is not known.</summary>
    public DateTimeOffset? OldestVersionAt { get; init; }

    /// <summary>The object ids of the people who expose it.</summary>
    public IEnumerable<string> People => Reasons.Select(r => r.PersonId).Distinct(StringComparer.OrdinalIgnoreCase);
}
