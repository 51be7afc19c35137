using System.Text.Json;
using Rekey.Core;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Files;

/// <summary>The first rows of a log without a mapping, to find the right columns.</summary>
/// <param name="File">The file with the rows.</param>
/// <param name="Rows">JSON objects with the file's column names.</param>
/// <param name="Delimiter">The delimiter of a CSV file; null for other formats.</param>
public sealed record LogSample(string File, IReadOnlyList<JsonElement> Rows, string? Delimiter)
{
    private const int RowsRead = 50;

    /// <summary>Reads the first readable file.</summary>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="CannotContinueException"><c>no-such-log</c> or <c>unknown-log-form</c>.</exception>
    public static async Task<LogSample?> ReadAsync(
        IReadOnlyList<string> paths,
        DuckDbOptions options,
        SpooledInput? input,
        CancellationToken cancellationToken
    )
    {
        foreach (var file in LogPaths.Find(paths, input: input).Files.Where(f => f.Length > 0))
        {
            try
            {
                var sample =
                    file.Format is LogFormat.Json
                        ? new(file.Path, await JsonRowsAsync(file, cancellationToken), null)
                        : await Task.Run(() => Table(file, options, cancellationToken), cancellationToken);
                if (sample.Rows.Count > 0)
                {
                    return sample;
                }
            }
            catch (Exception e)
                when (e
                        is IOException
                            or InvalidDataException
                            or UnauthorizedAccessException
                            or JsonException
                            or DuckDB.NET.Data.DuckDBException
                )
            {
                // Try the next file.
            }
        }

        return null;
    }

    private static async Task<List<JsonElement>> JsonRowsAsync(LogFile file, CancellationToken cancellationToken)
    {
        var rows = new List<JsonElement>();
        int first;
        using (var reader = new StreamReader(file.Open()))
        {
            do
            {
                first = reader.Read();
            } while (first >= 0 && char.IsWhiteSpace((char)first));
        }

        await using var stream = file.Open();
        try
        {
            await foreach (
                var row in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(
                    stream,
                    topLevelValues: first != '[',
                    cancellationToken: cancellationToken
                )
            )
            {
                if (row.ValueKind is JsonValueKind.Object)
                {
                    rows.Add(row);
                }

                if (rows.Count >= RowsRead)
                {
                    break;
                }
            }
        }
        catch (JsonException) when (rows.Count > 0)
        {
            // The rows before the broken line are enough.
        }

        return rows;
    }

    private static LogSample Table(LogFile file, DuckDbOptions options, CancellationToken cancellationToken)
    {
        using var database = new LogDatabase(options, [System.IO.Path.GetDirectoryName(file.Path)!]);
        var path = SqlText.Literal(LogIntake.Link(file, database.WorkPath).Path);
        var (from, delimiter) =
            file.Format is LogFormat.Csv
                ? (
                    $"read_csv({path}, all_varchar = true, header = true, hive_partitioning = false)",
                    database.Query(
                        $"SELECT Delimiter FROM sniff_csv({path}, header = true)",
                        r => r.GetString(0),
                        cancellationToken: cancellationToken
                    )[0]
                )
                : ($"read_parquet({path}, hive_partitioning = false)", null);
        var rows = database.Query(
            $"SELECT CAST(to_json(t) AS VARCHAR) FROM (SELECT * FROM {from} LIMIT {RowsRead}) t",
            r => JsonDocument.Parse(r.GetString(0)).RootElement,
            cancellationToken: cancellationToken
        );
        return new(file.Path, rows, delimiter);
    }
}
