namespace Rekey.DuckDb.Mapping;

/// <summary>The source of one view column.</summary>
/// <param name="Path">A column, and the path into it if it is nested; empty if there is none.</param>
/// <param name="Constant">A constant value for every row.</param>
/// <param name="TimeZone">The zone of times without an offset, as IANA names it; null for UTC.</param>
/// <param name="Separator">What separates audiences, beside blanks, commas and semicolons; null for nothing else.</param>
internal sealed record ColumnSource(
    IReadOnlyList<string> Path,
    string? Constant = null,
    SourceForm Form = SourceForm.Plain,
    string? TimeZone = null,
    string? Separator = null
);
