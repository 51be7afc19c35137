using System.Buffers;
using System.Text;
using Rekey.DuckDb.Files.Envelopes;

namespace Rekey.DuckDb.Files.Shapes;

/// <summary>The beginning of a text file, as UTF-8.</summary>
internal sealed class LogHead
{
    private const int LinesTried = 20;

    private readonly byte[] _text;
    private readonly LogFile _file;

    private LogHead(LogFile file, byte[] text, bool hasByteOrderMark, bool isWhole) =>
        (_file, _text, HasByteOrderMark, IsWhole) = (file, text, hasByteOrderMark, isWhole);

    /// <summary>Whether the file begins with a byte order mark, which DuckDB does not take for one in front of JSON lines.</summary>
    public bool HasByteOrderMark { get; }

    /// <summary>Whether it is the whole file.</summary>
    public bool IsWhole { get; }

    public ReadOnlySpan<byte> Text => _text;

    /// <summary>Whether a JSON file is one array.</summary>
    public bool IsArray =>
        _file is { Format: LogFormat.Json, MayBeArray: true }
        && Text.TrimStart(" \t\r\n"u8) is [(byte)'[', .. var rest]
        && rest.TrimStart(" \t\r\n"u8) is [] or [(byte)'{' or (byte)']', ..];

    /// <summary>Whether the first lines of a JSON file have envelopes.</summary>
    public bool HasEnvelope
    {
        get
        {
            if (_file.Format is not LogFormat.Json)
            {
                return false;
            }

            var envelope = new Envelope();
            var rest = Text;
            for (var tried = 0; !rest.IsEmpty && tried < LinesTried; tried++)
            {
                var end = rest.IndexOf((byte)'\n');
                if (envelope.Open(Encoding.UTF8.GetString(end < 0 ? rest : rest[..end])) is not null)
                {
                    return true;
                }

                rest = end < 0 ? [] : rest[(end + 1)..];
            }

            return false;
        }
    }

    /// <summary>Reads it.</summary>
    /// <param name="maxBytes">The maximum bytes of the unpacked file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The gzip stream is damaged.</exception>
    public static LogHead Read(LogFile file, int maxBytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(maxBytes);
        try
        {
            using var stream = file.Open();
            var length = stream.ReadAtLeast(buffer.AsSpan(0, maxBytes), maxBytes, throwOnEndOfStream: false);
            var (encoding, mark) = LogFile.ByteOrderMark(buffer.AsSpan(0, length));
            var text = buffer.AsSpan(mark, length - mark);
            return new(
                file,
                encoding is null ? text.ToArray() : Encoding.UTF8.GetBytes(encoding.GetString(text)),
                mark > 0,
                length < maxBytes
            );
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
