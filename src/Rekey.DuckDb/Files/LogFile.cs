using System.Text;
using Rekey.Core;

namespace Rekey.DuckDb.Files;

/// <summary>One version of a log file: a later write creates another version.</summary>
internal sealed record LogFile(string Path, LogFormat Format, bool IsGzip, long Length, DateTimeOffset LastWrite)
{
    /// <summary>The name in reports: the original name, even if the file was unpacked.</summary>
    public string Name { get; init; } = Path;

    /// <summary>The path below the given folder, to which patterns of a map apply; the name alone for a named file.</summary>
    public string RelativePath { get; init; } = System.IO.Path.GetFileName(Path);

    /// <summary>The file that this one is a repaired copy of; null for a file as it was found.</summary>
    public LogFile? Original { get; init; }

    /// <summary>Whether envelopes were taken off its lines, so that the lines of the original are others.</summary>
    public bool IsUnwrapped { get; init; }

    /// <summary>The id of the version.</summary>
    public string Version => StableId.Of("log-file", Name, Length.ToString(), LastWrite.UtcTicks.ToString());

    /// <summary>The arrival time, by the file system: a copy with an old write time has a newer creation time.</summary>
    public DateTimeOffset ArrivedAt { get; init; } = LastWrite;

    /// <summary>The id of the version by its path in the folder, the same on every machine.</summary>
    public string Judged(string relative) => StableId.Of("judged-file", relative, Length.ToString(), LastWrite.UtcTicks.ToString());

    /// <summary>The format, by extension; null if it is not supported.</summary>
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

    /// <summary>Opens its content, unpacked.</summary>
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

    /// <summary>Opens its content as UTF-8 without a byte order mark, whatever Unicode encoding it has.</summary>
    public Stream OpenText()
    {
        Span<byte> start = stackalloc byte[3];
        int read;
        using (var file = Open())
        {
            read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }

        var (encoding, mark) = ByteOrderMark(start[..read]);
        var content = Open();
        content.ReadExactly(start[..mark]);
        return encoding is null
            ? content
            : Encoding.CreateTranscodingStream(content, encoding, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>Whether it begins with a byte order mark, which DuckDB does not take for one in front of JSON lines.</summary>
    public bool HasByteOrderMark()
    {
        Span<byte> start = stackalloc byte[3];
        using var file = Open();
        return ByteOrderMark(start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]).Length > 0;
    }

    private static (Encoding? Encoding, int Length) ByteOrderMark(ReadOnlySpan<byte> start) =>
        start is [0xEF, 0xBB, 0xBF] ? (null, 3)
        : start is [0xFF, 0xFE, ..] ? (Encoding.Unicode, 2)
        : start is [0xFE, 0xFF, ..] ? (Encoding.BigEndianUnicode, 2)
        : (null, 0);
}
