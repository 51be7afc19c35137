namespace Rekey.DuckDb.Intake;

/// <summary>One line, row or file of a log that could not be read.</summary>
/// <param name="Line">
/// The line's number from 1 (NDJSON, and CSV as long as no field holds a line break and no line is empty) or the row's (Parquet, JSON
/// arrays); null when it is the whole file.
/// </param>
/// <param name="Reason">In plain words.</param>
/// <param name="Text">What stands there; null when it is the whole file.</param>
public sealed record BadInput(string File, long? Line, string Reason, string? Text);
