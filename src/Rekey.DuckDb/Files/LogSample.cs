using System.Text.Json;
using DuckDB.NET.Data;
using Rekey.Core;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files.Shapes;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Files;

/// <summary>The first rows of a log file without a mapping, to find the right columns.</summary>
/// <param name="File">The file with the rows.</param>
/// <param name="RelativePath">Its path below the given folder, to which patterns of a map apply.</param>
/// <param name="Rows">JSON objects with the file's column names.</param>
/// <param name="Delimiter">The delimiter of a CSV file; null for other formats.</param>
/// <param name="Defect">Why it has no rows; null if it has some.</param>
public sealed record LogSample(string File, string RelativePath, IReadOnlyList<JsonElement> Rows, string? Delimiter, string? Defect)
{
    private const int RowsRead = 50;

    /// <summary>Reads the beginning of each file, one after the other.</summary>
    /// <exception cref="CannotContinueException"><c>no-such-log</c> or <c>unknown-log-form</c>.</exception>
    public static IEnumerable<LogSample> Read(
        IReadOnlyList<string> paths,
        DuckDbOptions options,
        SpooledInput? input,
        CancellationToken cancellationToken
    )
    {
        var files = LogPaths.Find(paths, input: input).Files;
        using var database = new LogDatabase(options, files.Select(f => System.IO.Path.GetDirectoryName(f.Path)!));
        foreach (var file in files)
        {
            yield return Of(file, database, cancellationToken);
        }
    }

    private static LogSample Of(LogFile file, LogDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            var (rows, delimiter) =
                file.Length == 0 ? ([], null)
                : file.Format is LogFormat.Json ? (JsonHead.Rows(file), null)
                : Table(file, database, cancellationToken);
            return new(file.Path, file.RelativePath, rows, delimiter, rows.Count == 0 ? "it has no rows in its beginning" : null);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or InvalidDataException
                        or UnauthorizedAccessException
                        or JsonException
                        or DuckDBException
                        or ZstdSharp.ZstdException
            )
        {
            return new(file.Path, file.RelativePath, [], null, e.Message.Split('\n')[0]);
        }
    }

    private static (IReadOnlyList<JsonElement> Rows, string? Delimiter) Table(
        LogFile file,
        LogDatabase database,
        CancellationToken cancellationToken
    )
    {
        var path = SqlText.Literal(FilePreparation.Link(file, database.WorkPath).Path);
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
        return (
            database.Query(
                $"SELECT CAST(to_json(t) AS VARCHAR) FROM (SELECT * FROM {from} LIMIT {RowsRead}) t",
                r => JsonElement.Parse(r.GetString(0)),
                cancellationToken: cancellationToken
            ),
            delimiter
        );
    }
}
