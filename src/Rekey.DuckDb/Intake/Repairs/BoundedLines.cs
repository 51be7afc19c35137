namespace Rekey.DuckDb.Intake.Repairs;

/// <summary>
/// Reads the lines of a stream, of each at most <see cref="MaxKept"/> bytes: a longer line costs only itself. A line ends at LF, as DuckDB
/// ends it.
/// </summary>
internal sealed class BoundedLines(Stream stream, long maxBytes = long.MaxValue)
{
    /// <summary>The bytes that are kept of a line. Gateways write a few kilobytes; DuckDB takes 16 MB.</summary>
    public const int MaxKept = 1 << 20;

    private readonly byte[] _buffer = new byte[1 << 16];

    /// <summary>Whether the stream ended early: it is damaged or truncated, or longer than the limit. Known after the last line.</summary>
    public string? Damage { get; private set; }

    /// <summary>Whether the last line had no LF.</summary>
    public bool EndsInLine { get; private set; }

    /// <summary>Returns each line without its LF. The memory is valid until the next one.</summary>
    public IEnumerable<(ReadOnlyMemory<byte> Line, bool IsLong)> Read(CancellationToken cancellationToken)
    {
        var (line, isLong, hasBytes, total) = (new MemoryStream(), false, false, 0L);
        while (Fill() is > 0 and var read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((total += read) > maxBytes)
            {
                Damage = $"It unpacks to more than {maxBytes:N0} bytes, as no log does: the rest was not read.";
                break;
            }

            for (var start = 0; start < read; )
            {
                var end = Array.IndexOf(_buffer, (byte)'\n', start, read - start);
                var length = (end < 0 ? read : end) - start;
                var kept = (int)Math.Min(length, MaxKept - line.Length);
                line.Write(_buffer, start, kept);
                isLong |= kept < length;
                hasBytes = true;
                start += length + 1;
                if (end >= 0)
                {
                    yield return (line.GetBuffer().AsMemory(0, (int)line.Length), isLong);
                    line.SetLength(0);
                    (isLong, hasBytes) = (false, false);
                }
            }
        }

        if (hasBytes)
        {
            EndsInLine = true;
            yield return (line.GetBuffer().AsMemory(0, (int)line.Length), isLong);
        }
    }

    private int Fill()
    {
        try
        {
            return stream.Read(_buffer);
        }
        catch (InvalidDataException)
        {
            Damage = "The gzip stream is damaged or truncated.";
            return 0;
        }
    }
}
