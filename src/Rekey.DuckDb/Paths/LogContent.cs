using System.IO.Compression;
using System.Text;
using Rekey.DuckDb.Files;

namespace Rekey.DuckDb.Paths;

/// <summary>Recognises a log by its first bytes, for names that tell no format: <c>access.log</c>, <c>access.ndjson.1</c>,
/// <c>access.log-20260101.gz</c>.</summary>
internal static class LogContent
{
    private const int HeadLength = 1 << 16;
    private static readonly char[] Delimiters = [',', ';', '\t', '|'];
    private static readonly (byte[] Start, string Name)[] OtherPackers =
    [
        ([0x42, 0x5A, 0x68], "bzip2"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
        ([0x50, 0x4B, 0x03, 0x04], "zip"),
        ([0x04, 0x22, 0x4D, 0x18], "lz4"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7z"),
    ];

    /// <summary>The format of a file, and its packer.</summary>
    /// <returns>A format, or a reason why there is none; neither for an empty file.</returns>
    public static (LogFormat? Format, Packer Packer, string? Reason) Of(string path)
    {
        var packer = Packer.None;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var head = Head(file, 8);
            packer = PackerOf(head);
            if (OtherPackers.FirstOrDefault(o => head.AsSpan().StartsWith(o.Start)) is { Name: { } other })
            {
                return (null, packer, $"it is packed with {other}: unpack it, or pack it with gzip or zstd");
            }

            file.Position = 0;
            using var content = Unpacked(file, packer);
            var (format, reason) = Of(Head(content, HeadLength));
            return (format, packer, reason);
        }
        catch (Exception e) when (e is InvalidDataException or ZstdSharp.ZstdException or EndOfStreamException)
        {
            return (null, packer, "it cannot be unpacked");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, packer, $"it cannot be opened ({e.Message})");
        }
    }

    /// <summary>Unpacks a stream.</summary>
    public static Stream Unpacked(Stream file, Packer packer) =>
        packer switch
        {
            Packer.Gzip => new GZipStream(file, CompressionMode.Decompress),
            Packer.Zstd => new ZstdSharp.DecompressionStream(file, leaveOpen: false),
            _ => file,
        };

    private static Packer PackerOf(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? Packer.Gzip
        : head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? Packer.Zstd
        : Packer.None;

    private static byte[] Head(Stream content, int length)
    {
        var head = new byte[length];
        return head[..content.ReadAtLeast(head, length, throwOnEndOfStream: false)];
    }

    private static (LogFormat?, string?) Of(byte[] head)
    {
        if (head.AsSpan().StartsWith("PAR1"u8))
        {
            return (LogFormat.Parquet, null);
        }

        using var reader = new StreamReader(new MemoryStream(head), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        var text = reader.ReadToEnd().TrimStart();
        return text switch
        {
            "" => (null, null),
            ['{', ..] => (LogFormat.Json, null),
            ['[', .. var rest] when rest.TrimStart() is ['{' or ']', ..] => (LogFormat.Json, null),
            _ when HasHeader(text) => (LogFormat.Csv, null),
            _ => (null, "its content is neither JSON lines, nor CSV with a header line, nor Parquet"),
        };
    }

    /// <summary>Whether the first line names columns, and the second one has as many fields.</summary>
    private static bool HasHeader(string text)
    {
        var lines = text.Split('\n', 3);
        return Delimiters.Any(d =>
            lines[0].TrimEnd('\r').Split(d) is { Length: > 1 } names
            && names.All(IsName)
            && names.Distinct(StringComparer.Ordinal).Count() == names.Length
            && (lines.Length < 3 || lines[1].Length == 0 || lines[1].Split(d).Length >= names.Length)
        );
    }

    private static bool IsName(string field) =>
        field.Trim('"') is { Length: > 0 and < 100 } name
        && (char.IsAsciiLetter(name[0]) || name[0] is '_' or '@' or '$')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '@' or '$' or '/' or '[' or ']' or '(' or ')');
}
