namespace Rekey.DuckDb.Samples;

/// <summary>How log files are written.</summary>
public enum SampleFormat
{
    /// <summary>One JSON object a line, gzip.</summary>
    Ndjson,

    /// <summary>RFC 4180 with a line of names.</summary>
    Csv,

    Parquet,
}
