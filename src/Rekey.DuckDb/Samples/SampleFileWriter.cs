using DuckDB.NET.Data;
using Rekey.Detections;

namespace Rekey.DuckDb.Samples;

/// <summary>Writes one log stream into numbered files in the order of arrival. Only one file's lines are in memory.</summary>
public sealed class SampleFileWriter : IDisposable
{
    private readonly string _folder;
    private readonly string _stream;
    private readonly SampleFormat _format;
    private readonly IReadOnlyList<ViewColumn> _columns;
    private readonly int _linesPerFile;
    private readonly DuckDBConnection _engine = new("DataSource=:memory:");
    private DuckDBAppender? _appender;
    private int _lines;

    /// <param name="folder">An existing folder.</param>
    /// <param name="stream">The prefix of the file names.</param>
    public SampleFileWriter(string folder, string stream, SampleFormat format, IReadOnlyList<ViewColumn> columns, int linesPerFile)
    {
        (_folder, _stream, _format, _columns, _linesPerFile) = (folder, stream, format, columns, linesPerFile);
        _engine.Open();

        // Two threads are enough for one file; the order of lines must stay the order of arrival.
        Run(
            "SET threads = 2; SET preserve_insertion_order = true; CREATE TABLE lines "
                + $"({string.Join(", ", columns.Select(c => $"\"{c.Name}\" {c.Type.Sql}"))})"
        );
    }

    /// <summary>The number of files so far.</summary>
    public int Files { get; private set; }

    /// <param name="values">In the order of the columns; times become UTC.</param>
    public void Write(IReadOnlyList<object?> values)
    {
        _appender ??= _engine.CreateAppender("lines");
        var row = _appender.CreateRow();
        foreach (var value in values)
        {
            _ = value switch
            {
                null => row.AppendNullValue(),
                string text => row.AppendValue(text),
                DateTimeOffset time => row.AppendValue(time.UtcDateTime),
                long number => row.AppendValue(number),
                bool truth => row.AppendValue(truth),
                _ => throw new ArgumentException($"A view has no column for a {value.GetType().Name}.", nameof(values)),
            };
        }

        row.EndRow();
        if (++_lines >= _linesPerFile)
        {
            CloseFile();
        }
    }

    /// <summary>Writes the remaining lines.</summary>
    public void Complete()
    {
        if (_lines > 0)
        {
            CloseFile();
        }
    }

    public void Dispose()
    {
        _appender?.Dispose();
        _engine.Dispose();
    }

    private void CloseFile()
    {
        _appender?.Dispose();
        _appender = null;
        var (extension, how) = _format switch
        {
            SampleFormat.Ndjson => ("ndjson.gz", "FORMAT json, COMPRESSION gzip, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%gZ'"),
            SampleFormat.Csv => ("csv", "FORMAT csv, HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%gZ'"),
            _ => ("parquet", "FORMAT parquet, COMPRESSION zstd"),
        };
        var file = Path.Combine(_folder, $"{_stream}-{++Files:D4}.{extension}");
        Run(
            $"COPY (SELECT {string.Join(", ", _columns.Select(c => $"\"{c.Name}\""))} FROM lines) TO "
                + $"'{file.Replace("'", "''", StringComparison.Ordinal)}' ({how}); TRUNCATE lines"
        );
        _lines = 0;
    }

    private void Run(string sql)
    {
        using var command = _engine.CreateCommand();
#pragma warning disable CA2100 // Nothing in it comes from outside but a path, which is quoted.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
