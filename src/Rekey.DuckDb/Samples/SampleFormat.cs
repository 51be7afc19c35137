namespace Rekey.DuckDb.Samples;

/// <summary>The format of log files.</summary>
public enum SampleFormat
{
    /// <summary>One JSON object per line, gzip.</summary>
    Ndjson,

    /// <summary>RFC 4180 with a line of names.</summary>
    Csv,

    Parquet,
}
