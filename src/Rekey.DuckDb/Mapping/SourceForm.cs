namespace Rekey.DuckDb.Mapping;

/// <summary>The format of a value.</summary>
internal enum SourceForm
{
    /// <summary>The format of the column's type: texts, times in any form, numbers, <c>true</c> and <c>false</c>.</summary>
    Plain,

    /// <summary>Seconds since 1970 (NumericDate, RFC 7519 §2).</summary>
    EpochSeconds,

    /// <summary>Milliseconds since 1970.</summary>
    EpochMilliseconds,

    /// <summary>Microseconds since 1970.</summary>
    EpochMicroseconds,

    /// <summary>Nanoseconds since 1970.</summary>
    EpochNanoseconds,

    /// <summary>A text that contains JSON.</summary>
    Json,
}
