namespace Rekey.DuckDb.Intake;

/// <summary>An unreadable line, row or file of a log.</summary>
/// <param name="Line">
/// The line's number from 1 (NDJSON, and CSV as long as no field holds a line break and no line is empty) or the row's (Parquet, JSON
/// arrays); null when it is the whole file.
/// </param>
/// <param name="Reason">In plain words.</param>
/// <param name="Text">The content; null for a whole file.</param>
public sealed record BadInput(string File, long? Line, string Reason, string? Text);
