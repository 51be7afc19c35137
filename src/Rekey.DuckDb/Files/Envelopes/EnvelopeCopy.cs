using System.Text;

namespace Rekey.DuckDb.Files.Envelopes;

/// <summary>Copies a JSON log whose lines have envelopes, without them.</summary>
internal static class EnvelopeCopy
{
    private const int LinesTried = 20;

    // DuckDB refuses longer objects.
    private const int MaxLine = 1 << 24;
    private const int KeptOfLongLine = 200;

    /// <summary>Returns the copy in <paramref name="folder"/>, or the file itself if its first lines have no envelope.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The gzip stream is damaged.</exception>
    public static LogFile Of(LogFile file, string folder, CancellationToken cancellationToken)
    {
        if (file.Format is not LogFormat.Json || !HasEnvelope(file))
        {
            return file;
        }

        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.ndjson");
        using (var writer = new StreamWriter(path))
        {
            var envelope = new Envelope();
            foreach (var line in Lines(file))
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var payload in envelope.Open(line) ?? [line])
                {
                    writer.Write(payload);
                    writer.Write('\n');
                }
            }

            if (envelope.Rest() is { } rest)
            {
                writer.Write(rest);
                writer.Write('\n');
            }
        }

        return file with { Path = path, IsGzip = false, Length = new FileInfo(path).Length };
    }

    private static bool HasEnvelope(LogFile file)
    {
        var envelope = new Envelope();
        return Lines(file).Take(LinesTried).Any(line => envelope.Open(line) is not null);
    }

    /// <summary>The lines of a file. Of a line that no reader takes, only the beginning is kept, so that it is counted.</summary>
    private static IEnumerable<string> Lines(LogFile file)
    {
        using var reader = new StreamReader(file.Open(), Encoding.UTF8);
        var (line, length) = (new StringBuilder(), 0L);
        var buffer = new char[1 << 15];
        for (int read; (read = reader.Read(buffer, 0, buffer.Length)) > 0; )
        {
            for (var from = 0; from < read; )
            {
                var end = Array.IndexOf(buffer, '\n', from, read - from);
                var until = end < 0 ? read : end;
                length += until - from;
                if (length <= MaxLine)
                {
                    line.Append(buffer, from, until - from);
                }

                if (end >= 0)
                {
                    yield return Text();
                    line.Clear();
                    length = 0;
                }

                from = until + 1;
            }
        }

        if (length > 0)
        {
            yield return Text();
        }

        string Text() => length <= MaxLine ? line.ToString() : line.ToString(0, Math.Min(line.Length, KeptOfLongLine));
    }
}
