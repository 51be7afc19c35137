namespace Rekey.DuckDb.Files;

/// <summary>The format of a log file, by its extension.</summary>
internal enum LogFormat
{
    /// <summary>One JSON object per line (<c>.ndjson</c>, <c>.jsonl</c>, <c>.json</c>), or one array of them (<c>.json</c>).</summary>
    Json,

    /// <summary>RFC 4180 with a header line.</summary>
    Csv,

    /// <summary>Apache Parquet.</summary>
    Parquet,
}
