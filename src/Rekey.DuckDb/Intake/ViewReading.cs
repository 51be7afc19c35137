using Rekey.Detections;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Intake.Forms;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Intake;

/// <summary>
/// The SQL that converts raw values of a file to the columns of a view. The column <c>Bad</c> has the defect of each row, or null if it
/// can be judged.
/// </summary>
/// <param name="oldest">The oldest time to judge: earlier rows are bad. Null for no limit.</param>
internal sealed class ViewReading(
    IReadOnlyList<ViewColumn> columns,
    IReadOnlyDictionary<string, ColumnSource> sources,
    DateTimeOffset? oldest = null
)
{
    /// <summary>The column with a bad row's reason.</summary>
    public const string Bad = "Bad";

    /// <summary>The column with a row's file.</summary>
    public const string File = "rekey_file";

    public IReadOnlyList<ViewColumn> Columns => columns;

    public ColumnSource SourceOf(ViewColumn column) => sources[column.Name];

    /// <summary>The first parts of all paths: the columns to read from a file.</summary>
    public IReadOnlyList<string> Roots =>
        [.. columns.Select(SourceOf).Where(s => s.Path.Count > 0).Select(s => s.Path[0]).Distinct(StringComparer.Ordinal)];

    /// <summary>The columns with their types, as a table has them.</summary>
    public string TableColumns =>
        string.Join(", ", columns.Select(c => $"{SqlText.Name(c.Name)} {c.Type.Sql}").Append($"{Bad} VARCHAR").Append($"{File} VARCHAR"));

    /// <summary>The view's columns by name.</summary>
    public string Names => string.Join(", ", columns.Select(c => SqlText.Name(c.Name)));

    /// <summary>The rows of <paramref name="from"/>, read and judged. <paramref name="more"/> are columns of it that are passed
    /// on.</summary>
    /// <param name="leaf">For a column, an expression over <paramref name="from"/> and its DuckDB type; null when the file does not have
    /// it.</param>
    /// <param name="from">What follows FROM.</param>
    public string Select(string from, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf, params string[] more)
    {
        var reasons = Reasons(leaf).Select(r => $"WHEN {r.IsBad} THEN {SqlText.Literal(r.Words)}").ToList();
        return $"SELECT {Names}, {(reasons.Count > 0 ? $"CASE {string.Join(" ", reasons)} END" : "NULL")} AS "
            + $"{Bad}{Passed(more)} FROM ({Typed(from, leaf, more)})";
    }

    /// <summary>Returns SQL for the rows that can be judged.</summary>
    /// <param name="isClean">Whether an earlier read found no bad rows: then the checks are skipped.</param>
    /// <param name="isSmall">Whether the signing-input hashes are probably hexadecimal in lower case: converting them costs more than the
    /// rest of their digest.</param>
    /// <param name="sieved">The column by which rows must be in the sieve; null for all rows.</param>
    public string SelectGood(
        string from,
        Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf,
        bool isClean,
        bool isSmall,
        string? sieved,
        params string[] more
    )
    {
        // DuckDB asks a reader of files for such rows only if the condition stands right beside it: then it leaves out the other columns of
        // all other rows.
        var sifted = columns.FirstOrDefault(c => c.Name == sieved) is { } column
            ? $"{from} WHERE {Sieve.Holds(Typed(column, SourceOf(column), RawOf(column, leaf), ValueOf(column, leaf)))}"
            : from;
        var good = isClean ? [] : Reasons(leaf).Select(r => r.IsGood).ToList();
        string Read(string name) => columns.Select((c, i) => (c.Name, Raw: $"r{i}")).Single(c => c.Name == name).Raw;
        var digest = TokenDigest.Of(
            Read(nameof(PresentedToken.Iss)),
            Read(nameof(PresentedToken.Jti)),
            isSmall ? HashSql.OfSmall(Read(nameof(PresentedToken.SigningInputSha256))) : nameof(PresentedToken.SigningInputSha256)
        );
        return $"SELECT {Names}, {digest}{Passed(more)} FROM "
            + $"({Typed(sifted, leaf, more)}){(good.Count > 0 ? $" WHERE {string.Join(" AND ", good)}" : "")}";
    }

    private static string Passed(string[] more) => string.Concat(more.Select(m => $", {m}"));

    /// <summary>The columns by their names, and beside each, as <c>r0</c> and so on, what it was read from.</summary>
    private string Typed(string from, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf, string[] more)
    {
        var (raw, typed) = (new List<string>(), new List<string>());
        for (var i = 0; i < columns.Count; i++)
        {
            var (column, value) = (columns[i], ValueOf(columns[i], leaf));
            raw.Add($"{RawOf(column, leaf)} AS r{i}");
            typed.Add($"{Typed(column, SourceOf(column), $"r{i}", value)} AS {SqlText.Name(column.Name)}");
        }

        return $"SELECT {string.Join(", ", typed)}, "
            + $"{string.Join(", ", Enumerable.Range(0, columns.Count).Select(i => $"r{i}"))}{Passed(more)} FROM (SELECT "
            + $"{string.Join(", ", raw)}{Passed(more)} FROM {from})";
    }

    private string RawOf(ViewColumn column, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf) =>
        ValueOf(column, leaf) switch
        {
            { Type: "BLOB" } value when column.Name == nameof(PresentedToken.SigningInputSha256) => HashSql.TextOf(value.Sql),
            var value when column.Type == ColumnType.Text || !value.IsTyped => $"nullif({value.AsText}, '')",
            var value => value.Sql,
        };

    private RawValue ValueOf(ViewColumn column, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf) =>
        SourceOf(column) switch
        {
            { Constant: { } constant } => new(SqlText.Literal(constant), "VARCHAR", column.Type),
            { Path.Count: > 0 } source when leaf(column, source) is { } found => new(found.Sql, found.Type, column.Type),
            _ => new("CAST(NULL AS VARCHAR)", "VARCHAR", column.Type),
        };

    private IEnumerable<Reason> Reasons(Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            var (column, raw, name) = (columns[i], $"r{i}", SqlText.Name(columns[i].Name));
            var isSure = column.Type == ColumnType.Text || ValueOf(column, leaf) is { IsTyped: true, IsTime: false };
            if (column.IsRequired)
            {
                yield return new($"{raw} IS NULL", $"{raw} IS NOT NULL", $"{column.Name} is missing");
            }

            // A column that is of its type already holds nothing that could not be read; a time may be without end.
            if (!isSure)
            {
                var what =
                    column.Type == ColumnType.Time ? "time"
                    : column.Type == ColumnType.Number ? "number"
                    : "truth value";
                yield return new(
                    $"{raw} IS NOT NULL AND {name} IS NULL",
                    $"({raw} IS NULL OR {name} IS NOT NULL)",
                    $"{column.Name} is not a readable {what}"
                );
            }
        }

        if (oldest is { } limit)
        {
            yield return new(
                $"TimeGenerated < {SqlText.Time(limit)}",
                $"TimeGenerated >= {SqlText.Time(limit)}",
                "TimeGenerated is too old to be judged"
            );
        }
    }

    private static string Typed(ViewColumn column, ColumnSource source, string raw, RawValue value) =>
        column.Type switch
        {
            var t when t == ColumnType.Time => TimeSql.Of(
                raw,
                value.IsTyped ? value.Type : "VARCHAR",
                source.Form,
                source.TimeZone,
                isClaim: column.Name is nameof(PresentedToken.IssuedAt) or nameof(PresentedToken.ExpiresAt)
            ),
            _ when value.IsTyped && column.Type != ColumnType.Text => $"CAST({raw} AS {column.Type.Sql})",
            var t when t == ColumnType.Number => $"TRY_CAST({raw} AS BIGINT)",
            var t when t == ColumnType.Truth => $"TRY_CAST({raw} AS BOOLEAN)",
            _ => column.Name switch
            {
                nameof(PresentedToken.SigningInputSha256) => HashSql.Of(raw),
                nameof(PresentedToken.Aud) => AudienceSql.Of(raw, source.Separator),
                nameof(Sighting.SrcIpAddr) => AddressSql.Of(raw),
                _ => raw,
            },
        };

    /// <summary>What a column is read from, and whether that has the column's type already.</summary>
    private sealed record RawValue(string Sql, string Type, ColumnType Wanted)
    {
        public bool IsTime => Wanted == ColumnType.Time;

        public bool IsTyped =>
            IsTime ? TimeSql.IsTyped(Type)
            : Wanted == ColumnType.Number
                ? Type is "BIGINT" or "INTEGER" or "SMALLINT" or "TINYINT" or "UINTEGER" or "USMALLINT" or "UTINYINT"
            : Wanted == ColumnType.Truth ? Type is "BOOLEAN"
            : Type is "VARCHAR";

        public string AsText => Type is "VARCHAR" ? Sql : $"CAST({Sql} AS VARCHAR)";
    }

    /// <summary>The reason of a bad row.</summary>
    private sealed record Reason(string IsBad, string IsGood, string Words);
}
