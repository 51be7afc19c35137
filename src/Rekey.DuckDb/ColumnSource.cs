namespace Rekey.DuckDb;

/// <summary>Where the values of one view column come from.</summary>
/// <param name="Path">A column, and a way into it where it is nested; empty when there is none.</param>
/// <param name="Constant">The same in every row.</param>
internal sealed record ColumnSource(IReadOnlyList<string> Path, string? Constant = null, SourceForm Form = SourceForm.Plain);

/// <summary>How a value is written.</summary>
internal enum SourceForm
{
    /// <summary>As the column's type says: texts, ISO 8601 times, numbers, <c>true</c> and <c>false</c>.</summary>
    Plain,

    /// <summary>Seconds since 1970 (NumericDate, RFC 7519 §2).</summary>
    EpochSeconds,

    /// <summary>Milliseconds since 1970.</summary>
    EpochMilliseconds,

    /// <summary>A text that holds JSON.</summary>
    Json,
}
