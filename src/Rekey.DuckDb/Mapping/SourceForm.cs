namespace Rekey.DuckDb.Mapping;

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
