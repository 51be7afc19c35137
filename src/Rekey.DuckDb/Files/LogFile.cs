using System.Text;
using Rekey.Core;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Files;

/// <summary>One version of a log file: a later write creates another version.</summary>
/// <param name="Path">The real path, without links.</param>
internal sealed record LogFile(string Path, LogFormat Format, Packer Packer, long Length, DateTimeOffset LastWrite)
{
    /// <summary>The name in reports: the name that was found, even if it is a link, or if the file was unpacked.</summary>
    public string Name { get; init; } = Path;

    /// <summary>The path below the given folder, to which patterns of a map apply; the name alone for a named file.</summary>
    public string RelativePath { get; init; } = System.IO.Path.GetFileName(Path);

    /// <summary>The file that this one is a repaired copy of; null for a file as it was found.</summary>
    public LogFile? Original { get; init; }

    /// <summary>Whether envelopes were taken off its lines, so that the lines of the original are others.</summary>
    public bool IsUnwrapped { get; init; }

    public bool IsGzip => Packer is Packer.Gzip;

    /// <summary>Whether JSON is one array, by its beginning.</summary>
    public bool IsArray { get; init; }

    /// <summary>Whether JSON may be one array instead of one object per line.</summary>
    public bool MayBeArray { get; private init; }

    /// <summary>The extension by which the engine recognises the format and the packer.</summary>
    public string Extension =>
        Format switch
        {
            LogFormat.Json => ".ndjson",
            LogFormat.Csv => ".csv",
            _ => ".parquet",
        } + PackerExtension;

    /// <summary>Whether the engine recognises the packer by the path.</summary>
    public bool HasPackerExtension => Path.EndsWith(PackerExtension, StringComparison.Ordinal);

    /// <summary>The id of the version.</summary>
    public string Version => StableId.Of("log-file", Name, Length.ToString(), LastWrite.UtcTicks.ToString());

    /// <summary>The arrival time, by the file system: a copy with an old write time has a newer creation time.</summary>
    public DateTimeOffset ArrivedAt { get; init; } = LastWrite;

    private string PackerExtension =>
        Packer switch
        {
            Packer.Gzip => ".gz",
            Packer.Zstd => ".zst",
            _ => "",
        };

    /// <summary>The id of the version by its path in the folder, the same on every machine.</summary>
    public string Judged(string relative) => StableId.Of("judged-file", relative, Length.ToString(), LastWrite.UtcTicks.ToString());

    /// <summary>The file, with the format that its extension names, or else its content.</summary>
    /// <param name="path">The real path.</param>
    /// <param name="name">The name that was found: a link may have the better extension.</param>
    /// <returns>The file, or the reason why it cannot be read; neither for an empty file without a known extension.</returns>
    public static (LogFile? File, string? Reason) Of(string path, string name)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            return (null, "it vanished before it was read");
        }

        if ((ByExtension(name) ?? ByExtension(path)) is { } known)
        {
            return (Of(info, known.Format, known.Packer, name, known.MayBeArray), null);
        }

        var (format, packer, reason) = info.Length == 0 ? default : LogContent.Of(path);
        return format is { } found ? (Of(info, found, packer, name, mayBeArray: true), null) : (null, reason);
    }

    /// <summary>Opens its content, unpacked.</summary>
    public Stream Open() =>
        LogContent.Unpacked(
            new FileStream(
                Path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                1 << 16,
                FileOptions.SequentialScan
            ),
            Packer
        );

    private static LogFile Of(FileInfo file, LogFormat format, Packer packer, string name, bool mayBeArray)
    {
        DateTimeOffset written = new(file.LastWriteTimeUtc, TimeSpan.Zero),
            made = new(file.CreationTimeUtc, TimeSpan.Zero);
        return new(file.FullName, format, packer, file.Length, written)
        {
            Name = name,
            RelativePath = System.IO.Path.GetFileName(name),
            MayBeArray = mayBeArray,
            ArrivedAt = made > written ? made : written,
        };
    }

    private static (LogFormat Format, Packer Packer, bool MayBeArray)? ByExtension(string name)
    {
        var packer =
            name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Packer.Gzip
            : name.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? Packer.Zstd
            : Packer.None;
        return System
            .IO.Path.GetExtension(packer is Packer.None ? name : System.IO.Path.ChangeExtension(name, null))
            .ToLowerInvariant() switch
        {
            ".json" => (LogFormat.Json, packer, true),
            ".ndjson" or ".jsonl" => (LogFormat.Json, packer, false),
            ".csv" => (LogFormat.Csv, packer, false),
            ".parquet" => (LogFormat.Parquet, packer, false),
            _ => null,
        };
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

    /// <summary>The encoding that a byte order mark says, null for UTF-8; and the mark's length, 0 without one.</summary>
    internal static (Encoding? Encoding, int Length) ByteOrderMark(ReadOnlySpan<byte> start) =>
        start is [0xEF, 0xBB, 0xBF, ..] ? (null, 3)
        : start is [0xFF, 0xFE, ..] ? (Encoding.Unicode, 2)
        : start is [0xFE, 0xFF, ..] ? (Encoding.BigEndianUnicode, 2)
        : (null, 0);
}
