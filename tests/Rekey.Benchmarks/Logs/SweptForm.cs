namespace Rekey.Benchmarks.Logs;

/// <summary>The form of the files that are swept.</summary>
internal enum SweptForm
{
    Parquet,
    Ndjson,
}
