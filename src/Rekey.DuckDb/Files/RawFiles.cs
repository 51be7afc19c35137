using System.Text;
using DuckDB.NET.Data;
using Rekey.Core;
using Rekey.Detections;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Files;

/// <summary>A group of files with the same format and columns, which one statement reads.</summary>
/// <param name="IsArray">JSON: whether the file is one array instead of one object per line.</param>
/// <param name="Columns">CSV and Parquet: column names with their types.</param>
internal sealed record RawFiles(
    LogFormat Format,
    bool IsArray,
    IReadOnlyList<(string Name, string Type)> Columns,
    IReadOnlyList<LogFile> Files
)
{
    /// <summary>Their rows, converted, each with its file. Records of CSV that are none go to the table
    /// <paramref name="rejects"/>.</summary>
    public string Select(ViewReading view, char delimiter, string rejects) =>
        view.Select(Source(view, delimiter, rejects), Leaf(view), ViewReading.File);

    /// <summary>Returns SQL for the rows that can be judged.</summary>
    /// <param name="isClean">Whether they have no bad rows.</param>
    /// <param name="isSmall">Whether their signing-input hashes are probably in lower case.</param>
    /// <param name="sieved">The column by which rows must be in the <see cref="Sieve"/>; null for all rows.</param>
    public string SelectGood(ViewReading view, char delimiter, string rejects, bool isClean, bool isSmall, string? sieved) =>
        view.SelectGood(Source(view, delimiter, rejects), Leaf(view), isClean, isSmall, sieved, ViewReading.File);

    /// <summary>All of them, as <see cref="Select"/> has them, with the number of each row in <c>rekey_row</c>, and what was read of it
    /// in <c>rekey_text</c>. Slow: rows are counted in order.</summary>
    public string SelectNumbered(ViewReading view, char delimiter)
    {
        var raw =
            Format is LogFormat.Json
                ? JsonColumns(view).Select(c => c.Name)
                : Columns.Select(c => c.Name).Where(c => view.Roots.Contains(c, StringComparer.OrdinalIgnoreCase));
        var text = string.Join(", ", raw.Select(c => $"{SqlText.Literal(c)}: {SqlText.Name(c)}").DefaultIfEmpty("'row': NULL"));
        return view.Select(
            $"(SELECT *, row_number() OVER () AS rekey_row, CAST(to_json({{{text}}}) AS VARCHAR) AS rekey_text FROM "
                + $"{Source(view, delimiter, null)})",
            Leaf(view),
            ViewReading.File,
            "rekey_row",
            "rekey_text"
        );
    }

    /// <summary>What follows FROM.</summary>
    private string Source(ViewReading view, char delimiter, string? rejects)
    {
        var (paths, file) = (SqlText.List(Files.Select(f => f.Path)), SqlText.Literal(ViewReading.File));
        var kept = rejects is null
            ? ""
            : $"store_rejects = true, rejects_table = {SqlText.Literal(rejects)}, rejects_scan = {SqlText.Literal($"{rejects}_scans")}, ";
        // Hive partitioning is off: a folder called Iss=x would become a column.
        return Format switch
        {
            LogFormat.Json => $"read_json({paths}, format = '{(IsArray ? "array" : "newline_delimited")}', records = true, ignore_errors = "
                + $"{(IsArray ? "false" : "true")}, filename = {file}, hive_partitioning = false, "
                + $"columns = {{{string.Join(", ", JsonColumns(view).Select(c => $"{SqlText.Literal(c.Name)}: '{c.Type}'"))}}})",
            LogFormat.Csv =>
                $"read_csv({paths}, auto_detect = false, header = true, delim = {SqlText.Literal(delimiter.ToString())}, quote "
                    + "= '\"', escape = '\"', ignore_errors = true, "
                    + $"{kept}filename = {file}, hive_partitioning = false, columns = "
                    + $"{{{string.Join(", ", Columns.Select(c => $"{SqlText.Literal(c.Name)}: 'VARCHAR'"))}}})",
            _ => $"read_parquet({paths}, filename = {file}, hive_partitioning = false)",
        };
    }

    private static IReadOnlyList<(string Name, string Type)> JsonColumns(ViewReading view) =>
        [
            .. view.Roots.Select(root =>
                (
                    root,
                    view.Columns.Any(c =>
                        view.SourceOf(c) is { Path: [var first, ..] } source && first == root && (source.Path.Count > 1 || IsList(c))
                    )
                        ? "JSON"
                        : "VARCHAR"
                )
            ),
        ];

    private Func<ViewColumn, ColumnSource, (string Sql, string Type)?> Leaf(ViewReading view)
    {
        var json = Format is LogFormat.Json ? JsonColumns(view).ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal) : [];
        return (column, source) =>
        {
            var root = SqlText.Name(source.Path[0]);
            if (Format is LogFormat.Json)
            {
                return json[source.Path[0]] == "JSON" ? (JsonText(column, root, source.Path), "VARCHAR") : (root, "VARCHAR");
            }

            if (
                Columns.FirstOrDefault(c => string.Equals(c.Name, source.Path[0], StringComparison.OrdinalIgnoreCase))
                is not { Name: not null } found
            )
            {
                return null;
            }

            if (found.Type is "VARCHAR" or "JSON")
            {
                return source.Path.Count > 1 || source.Form is SourceForm.Json
                    ? (JsonText(column, $"TRY_CAST({root} AS JSON)", source.Path), "VARCHAR")
                    : (root, "VARCHAR");
            }

            if (source.Path.Count > 1)
            {
                return (JsonText(column, $"to_json({root})", source.Path), "VARCHAR");
            }

            return found.Type.EndsWith("[]", StringComparison.Ordinal)
                ? (Joined($"CAST({root} AS VARCHAR[])"), "VARCHAR")
                : (root, found.Type);
        };
    }

    private static bool IsList(ViewColumn column) => column.Name == nameof(PresentedToken.Aud);

    private static string JsonText(ViewColumn column, string root, IReadOnlyList<string> path)
    {
        // RFC 6901: a pointer escapes special characters of a name.
        var pointer = SqlText.Literal(string.Concat(path.Skip(1).Select(p => $"/{p.Replace("~", "~0").Replace("/", "~1")}")));
        var value = path.Count > 1 ? $"json_extract({root}, {pointer})" : root;
        var text = $"json_extract_string({value}, '$')";
        return IsList(column)
            ? $"CASE json_type({value}) WHEN 'ARRAY' THEN {Joined($"json_extract_string({value}, '$[*]')")} ELSE {text} END"
            : text;
    }

    private static string Joined(string list) => $"array_to_string(list_sort({list}), ' ')";

    /// <summary>Groups files by format and columns.</summary>
    /// <param name="describe">The columns of a Parquet file.</param>
    /// <param name="bad">Called for files whose beginning cannot be read.</param>
    public static IReadOnlyList<RawFiles> Group(
        IReadOnlyList<LogFile> files,
        char delimiter,
        Func<LogFile, IReadOnlyList<(string Name, string Type)>> describe,
        Action<LogFile, string> bad
    )
    {
        var groups = new Dictionary<string, RawFiles>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            try
            {
                // An empty file is valid in every format.
                if (file.Length == 0)
                {
                    continue;
                }

                var one = file.Format switch
                {
                    LogFormat.Json => new RawFiles(file.Format, StartsArray(file), [], [file]),
                    LogFormat.Csv => new(file.Format, false, CsvHeader.Read(file, delimiter), [file]),
                    _ => new(file.Format, false, describe(file), [file]),
                };
                var key = $"{one.Format} {one.IsArray} {StableId.Of([.. one.Columns.SelectMany(c => new[] { c.Name, c.Type })])}";
                groups[key] = groups.TryGetValue(key, out var group) ? group with { Files = [.. group.Files, file] } : one;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or DuckDBException)
            {
                bad(file, e.Message);
            }
        }

        return [.. groups.Values];
    }

    private static bool StartsArray(LogFile file)
    {
        using var reader = new StreamReader(file.Open(), Encoding.UTF8);
        int c;
        do
        {
            c = reader.Read();
        } while (c >= 0 && char.IsWhiteSpace((char)c));
        return c == '[' && file.MayBeArray;
    }
}
