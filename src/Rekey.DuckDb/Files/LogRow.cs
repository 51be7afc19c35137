namespace Rekey.DuckDb.Files;

/// <summary>One row of a log, with the columns of its view.</summary>
/// <param name="File">The file with the row.</param>
/// <param name="Columns">Name and value in the view's order; missing values are left out. Times are ISO 8601, UTC.</param>
public sealed record LogRow(DateTimeOffset TimeGenerated, string File, IReadOnlyList<KeyValuePair<string, string>> Columns);
