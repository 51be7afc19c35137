namespace Rekey.DuckDb.Intake;

/// <summary>A column that a map names and no file of its source has.</summary>
/// <param name="Map">The map.</param>
/// <param name="At">The place in the map.</param>
/// <param name="Words">The missing column, the files and the nearest column.</param>
/// <param name="IsCertain">Whether headers show it, and not only the rows that were there.</param>
internal sealed record AbsentColumn(string Map, string At, string Words, bool IsCertain);
