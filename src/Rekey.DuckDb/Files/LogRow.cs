namespace Rekey.DuckDb.Files;

/// <summary>One row of a log, in the words of its view.</summary>
/// <param name="File">The file that it stands in.</param>
/// <param name="Columns">Name and value in the view's order; what is not there is left out. Times are ISO 8601, UTC.</param>
public sealed record LogRow(DateTimeOffset TimeGenerated, string File, IReadOnlyList<KeyValuePair<string, string>> Columns);
