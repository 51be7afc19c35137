using DuckDB.NET.Data;
using Rekey.Core;
using Rekey.Detections;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files.Shapes;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Intake.Repairs;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Files;

/// <summary>A group of files with the same format, columns and source, which one statement reads.</summary>
/// <param name="IsArray">JSON: whether the file is one array instead of one object per line.</param>
/// <param name="Columns">CSV and Parquet: column names with their types.</param>
/// <param name="View">The view, and the source of its columns.</param>
internal sealed record RawFiles(
    LogFormat Format,
    bool IsArray,
    IReadOnlyList<(string Name, string Type)> Columns,
    IReadOnlyList<LogFile> Files,
    ViewReading View
)
{
    private const string Kept = "rekey_kept";

    /// <summary>Whether they are repaired copies, whose lines may bear <see cref="RepairedCopy.Mark"/>.</summary>
    public bool AreRepaired => Files.Any(f => f.Original is not null);

    private LogSource Mapped => View.Source;

    /// <summary>Their rows, converted, each with its file. Records of CSV that are none go to the table
    /// <paramref name="rejects"/>. A row that the map takes out has <see cref="ViewReading.Filtered"/> as its defect.</summary>
    public string Select(string rejects) => Filtered(Source(rejects));

    /// <summary>Returns SQL for the rows that can be judged.</summary>
    /// <param name="isClean">Whether they have no bad rows.</param>
    /// <param name="isSmall">Whether their signing-input hashes are probably in lower case.</param>
    /// <param name="sieved">The column by which rows must be in the <see cref="Sieve"/>; null for all rows.</param>
    public string SelectGood(string rejects, bool isClean, bool isSmall, string? sieved) =>
        View.SelectGood(
            Mapped.Where.Count == 0 ? Source(rejects) : $"(SELECT * FROM {Source(rejects)} WHERE {Keeps})",
            Leaf,
            this,
            isClean,
            isSmall,
            sieved,
            ViewReading.File
        );

    /// <summary>All of them, as <see cref="Select"/> has them, with the number of each row in <c>rekey_row</c>, and what was read of it
    /// in <c>rekey_text</c>, without a token. Slow: rows are counted in order.</summary>
    public string SelectNumbered()
    {
        var secret = Mapped.Token?.Paths.Select(p => p[0]).ToHashSet(StringComparer.OrdinalIgnoreCase) ?? [];
        var roots = Mapped.Paths.Select(p => p[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var raw = (Format is LogFormat.Json ? JsonColumns : Columns.Where(c => roots.Contains(c.Name)))
            .Select(c => c.Name)
            .Where(c => !secret.Contains(c) && c != RepairedCopy.Mark);
        var text = string.Join(", ", raw.Select(c => $"{SqlText.Literal(c)}: {SqlText.Name(c)}").DefaultIfEmpty("'row': NULL"));
        return Filtered(
            $"(SELECT *, row_number() OVER () AS rekey_row, CAST(to_json({{{text}}}) AS VARCHAR) AS rekey_text FROM {Source(null)})",
            "rekey_row",
            "rekey_text"
        );
    }

    /// <summary>Whether one of their rows has a value of a column.</summary>
    public string Holds(IReadOnlyList<string> path) =>
        Value(path, isList: false, SourceForm.Plain) is { } value
            ? $"SELECT 1 FROM {Source(null)} WHERE {value.Sql} IS NOT NULL LIMIT 1"
            : "SELECT 1 WHERE false";

    private string Filtered(string from, params string[] more)
    {
        if (Mapped.Where.Count == 0)
        {
            return View.Select(from, Leaf, this, [ViewReading.File, .. more]);
        }

        var rows = View.Select($"(SELECT *, {Keeps} AS {Kept} FROM {from})", Leaf, this, [ViewReading.File, Kept, .. more]);
        return $"SELECT * EXCLUDE ({Kept}) REPLACE (CASE WHEN {Kept} THEN {ViewReading.Bad} ELSE "
            + $"{SqlText.Literal(ViewReading.Filtered)} END AS {ViewReading.Bad}, CASE WHEN {Kept} THEN {ViewReading.Damage} END AS "
            + $"{ViewReading.Damage}) FROM ({rows})";
    }

    private string Keeps =>
        string.Join(
            " AND ",
            Mapped.Where.Select(w => w.Keeps(Value(w.Column, isList: false, SourceForm.Plain) is { } value ? Text(value) : "NULL"))
        );

    /// <summary>What follows FROM.</summary>
    private string Source(string? rejects) =>
        Mapped.Token is { } token
            ? TokenColumns.AddTo(Read(rejects), Of(token, isList: false) is { } text ? Text(text) : "NULL")
            : Read(rejects);

    private string Read(string? rejects)
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
                + $"columns = {{{string.Join(", ", JsonColumns.Select(c => $"{SqlText.Literal(c.Name)}: '{c.Type}'"))}}})",
            LogFormat.Csv =>
                $"read_csv({paths}, auto_detect = false, header = true, delim = {SqlText.Literal(Mapped.Delimiter.ToString())}, quote "
                    + "= '\"', escape = '\"', ignore_errors = true, "
                    + $"{kept}filename = {file}, hive_partitioning = false, columns = "
                    + $"{{{string.Join(", ", Columns.Select(c => $"{SqlText.Literal(c.Name)}: 'VARCHAR'"))}}})",
            _ => $"read_parquet({paths}, filename = {file}, hive_partitioning = false)",
        };
    }

    /// <summary>The columns to read of JSON. DuckDB takes names that differ only in case for the same: the one that a person named
    /// wins.</summary>
    private IReadOnlyList<(string Name, string Type)> JsonColumns =>
        [
            .. AreRepaired ? [(RepairedCopy.Mark, "VARCHAR")] : Array.Empty<(string, string)>(),
            .. Mapped
                .Paths.Select(p => p[0])
                .DistinctBy(root => root, StringComparer.OrdinalIgnoreCase)
                .Select(root =>
                    (
                        root,
                        Mapped.Paths.Any(p => p[0] == root && p.Count > 1)
                        || View.Columns.Any(c => IsList(c) && View.SourceOf(c).Paths.Any(p => p[0] == root))
                            ? "JSON"
                            : "VARCHAR"
                    )
                ),
        ];

    private (string Sql, string Type)? Leaf(ViewColumn column, ColumnSource source) => Of(source, IsList(column));

    private (string Sql, string Type)? Of(ColumnSource source, bool isList)
    {
        if (source.Template.Count > 0)
        {
            var parts = source
                .Template.Select(t =>
                    t.Path is null ? SqlText.Literal(t.Text)
                    : Value(t.Path, isList, source.Form) is { } value ? $"nullif({Text(value)}, '')"
                    : "CAST(NULL AS VARCHAR)"
                )
                .ToList();
            return (string.Join(" || ", parts), "VARCHAR");
        }

        if (source.FirstOf.Count == 0)
        {
            return Value(source.Path, isList, source.Form);
        }

        var found = source.FirstOf.Select(p => Value(p, isList, source.Form)).OfType<(string Sql, string Type)>().ToList();
        return found.Select(f => f.Type).Distinct(StringComparer.Ordinal).ToList() switch
        {
            [] => null,
            [not "VARCHAR" and var type] => ($"coalesce({string.Join(", ", found.Select(f => f.Sql))})", type),
            _ => ($"coalesce({string.Join(", ", found.Select(f => $"nullif({Text(f)}, '')"))})", "VARCHAR"),
        };
    }

    /// <summary>An expression over the columns of the files, and its type; null if the files do not have the column.</summary>
    private (string Sql, string Type)? Value(IReadOnlyList<string> path, bool isList, SourceForm form)
    {
        var root = SqlText.Name(path[0]);
        if (TokenColumns.Has(path))
        {
            return (path.Count > 1 ? JsonText(isList, root, path) : root, "VARCHAR");
        }

        if (Format is LogFormat.Json)
        {
            var json = JsonColumns.FirstOrDefault(c => c.Name == path[0]);
            return json.Type switch
            {
                null => null,
                "JSON" => (JsonText(isList, root, path), "VARCHAR"),
                _ => (root, "VARCHAR"),
            };
        }

        var found = Columns.FirstOrDefault(c => string.Equals(c.Name, path[0], StringComparison.OrdinalIgnoreCase));
        return (found.Type, path.Count > 1) switch
        {
            (null, _) => null,
            ("VARCHAR" or "JSON", true) => (JsonText(isList, $"TRY_CAST({root} AS JSON)", path), "VARCHAR"),
            ("VARCHAR" or "JSON", false) when form is SourceForm.Json => (JsonText(isList, $"TRY_CAST({root} AS JSON)", path), "VARCHAR"),
            ("VARCHAR" or "JSON", false) => (root, "VARCHAR"),
            (_, true) => (JsonText(isList, $"to_json({root})", path), "VARCHAR"),
            ({ } type, false) when type.EndsWith("[]", StringComparison.Ordinal) => (Joined($"CAST({root} AS VARCHAR[])"), "VARCHAR"),
            ({ } type, false) => (root, type),
        };
    }

    private static string Text((string Sql, string Type) value) => value.Type is "VARCHAR" ? value.Sql : $"CAST({value.Sql} AS VARCHAR)";

    private static bool IsList(ViewColumn column) => column.Name == nameof(PresentedToken.Aud);

    private static string JsonText(bool isList, string root, IReadOnlyList<string> path)
    {
        // The text of an object is the object again. Only rows without a value pay for looking for JSON as text.
        static string Unwrapped(string json) => $"TRY_CAST(json_extract_string({json}, '$') AS JSON)";
        var direct = path.Any(p => ElementPath.Parse(p) is not null)
            ? At(root, path, j => j)
            : $"json_extract({root}, {Pointer([.. path.Skip(1)])})";
        var value = path.Count == 1 ? root : $"coalesce({direct}, {At(root, path, Unwrapped)})";
        var text = $"json_extract_string({value}, '$')";
        return isList
            ? $"CASE json_type({value}) WHEN 'ARRAY' THEN {Joined($"json_extract_string({value}, '$[*]')")} ELSE {text} END"
            : text;
    }

    private static string At(string root, IReadOnlyList<string> path, Func<string, string> open) =>
        path.Skip(1)
            .Aggregate(root, (from, step) =>
                ElementPath.Parse(step) is { } element
                    ? $"list_filter(json_extract({open(from)}, '$[*]'), lambda x: json_extract_string(x, {Pointer(element.Name)}) = "
                        + $"{SqlText.Literal(element.Value)})[1]"
                    : $"json_extract({open(from)}, {Pointer(step)})"
            );

    /// <summary>RFC 6901: a pointer escapes special characters of a name.</summary>
    private static string Pointer(params string[] path) =>
        SqlText.Literal(string.Concat(path.Select(p => $"/{p.Replace("~", "~0").Replace("/", "~1")}")));

    private static string Joined(string list) => $"array_to_string(list_sort({list}), ' ')";

    /// <summary>Groups files by format, columns and source.</summary>
    /// <param name="describe">The columns of a Parquet file.</param>
    /// <param name="bad">Called for files whose beginning cannot be read, and that no source reads.</param>
    public static (IReadOnlyList<RawFiles> Groups, IReadOnlyList<FileShape> Shapes) Group(
        IReadOnlyList<LogFile> files,
        LogStream stream,
        Func<LogFile, IReadOnlyList<(string Name, string Type)>> describe,
        Action<LogFile, string> bad
    )
    {
        var (groups, shapes) = (new Dictionary<string, RawFiles>(StringComparer.Ordinal), new List<FileShape>());
        foreach (var file in files)
        {
            try
            {
                // An empty file is valid in every format.
                if (file.Length == 0)
                {
                    continue;
                }

                var shape = new FileShape(file, describe);
                if (stream.SourceOf(shape)?.For(file) is not { } source)
                {
                    bad(file, Unread(stream, shape));
                    continue;
                }

                var one = new RawFiles(
                    file.Format,
                    file.IsArray && file.Original is null,
                    shape.Columns(source.Delimiter),
                    [file],
                    new(stream.Columns, source, stream.Oldest)
                );
                var key = StableId.Of([
                    $"{one.Format} {one.IsArray} {one.AreRepaired} {source.At}",
                    .. source.Columns.Values.Where(c => c.Folder is not null).Select(c => c.Constant ?? ""),
                    .. one.Columns.SelectMany(c => new[] { c.Name, c.Type }),
                ]);
                groups[key] = groups.TryGetValue(key, out var group) ? group with { Files = [.. group.Files, file] } : one;
                shapes.Add(shape);
            }
            catch (Exception e)
                when (e is IOException or InvalidDataException or UnauthorizedAccessException or DuckDBException or ZstdSharp.ZstdException)
            {
                bad(file, e.Message);
            }
        }

        return ([.. groups.Values], shapes);
    }

    private static string Unread(LogStream stream, FileShape shape) =>
        "No source of the map reads it: no pattern fits its name, and no source without a pattern names its columns. Its columns: "
        + $"{string.Join(", ", shape.Names(stream.Sources[0].Delimiter).Take(40))}.";
}
