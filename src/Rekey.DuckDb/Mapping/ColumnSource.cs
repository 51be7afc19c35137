namespace Rekey.DuckDb.Mapping;

/// <summary>Where the values of one view column come from.</summary>
/// <param name="Path">A column, and a way into it where it is nested; empty when there is none.</param>
/// <param name="Constant">The same in every row.</param>
internal sealed record ColumnSource(IReadOnlyList<string> Path, string? Constant = null, SourceForm Form = SourceForm.Plain);
