namespace Rekey.Exposures.Grades;

/// <summary>The grade of a key, with its evidence.</summary>
/// <param name="Why">Plain sentences: the rows and facts that lead to the grade.</param>
public sealed record KeyGrade(ExposureGrade Grade, IReadOnlyList<string> Why);
