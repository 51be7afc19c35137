using Rekey.Core;

namespace Rekey.DuckDb.Files;

/// <summary>A file as it was found: a later write makes another version of it.</summary>
internal sealed record LogFile(string Path, LogFormat Format, bool IsGzip, long Length, DateTimeOffset LastWrite)
{
    /// <summary>What it is called in reports: a file that was unpacked is called as it was found.</summary>
    public string Name { get; init; } = Path;

    /// <summary>Names the version.</summary>
    public string Version => StableId.Of("log-file", Name, Length.ToString(), LastWrite.UtcTicks.ToString());

    /// <summary>When it came, as far as the file system knows: a file that was copied with its time was made when it was copied.</summary>
    public DateTimeOffset ArrivedAt { get; init; } = LastWrite;

    /// <summary>Names a version of a file by its place in the folder, so that it is the same on every machine.</summary>
    public string Judged(string relative) => StableId.Of("judged-file", relative, Length.ToString(), LastWrite.UtcTicks.ToString());

    /// <summary>Null when the name says no form that can be read.</summary>
    public static LogFile? Of(FileInfo file)
    {
        var isGzip = file.Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        LogFormat? format = System.IO.Path.GetExtension(isGzip ? file.Name[..^3] : file.Name).ToLowerInvariant() switch
        {
            ".ndjson" or ".jsonl" or ".json" => LogFormat.Json,
            ".csv" => LogFormat.Csv,
            ".parquet" => LogFormat.Parquet,
            _ => null,
        };
        DateTimeOffset written = new(file.LastWriteTimeUtc, TimeSpan.Zero),
            made = new(file.CreationTimeUtc, TimeSpan.Zero);
        return format is { } known
            ? new(file.FullName, known, isGzip, file.Length, written) { ArrivedAt = made > written ? made : written }
            : null;
    }

    /// <summary>Its bytes, unpacked.</summary>
    public Stream Open()
    {
        var file = new FileStream(
            Path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            1 << 16,
            FileOptions.SequentialScan
        );
        return IsGzip ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress) : file;
    }
}
