using Rekey.Detections;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Intake;

/// <summary>
/// The SQL that converts raw values of a file to the columns of a view. The column <c>Bad</c> has the defect of each row, or null if it
/// can be judged.
/// </summary>
/// <param name="source">The source of each column.</param>
/// <param name="oldest">The oldest time to judge: earlier rows are bad. Null for no limit.</param>
internal sealed class ViewReading(
    IReadOnlyList<ViewColumn> columns,
    LogSource source,
    DateTimeOffset? oldest = null
)
{
    /// <summary>The column with a bad row's reason.</summary>
    public const string Bad = "Bad";

    /// <summary>The column with a row's file.</summary>
    public const string File = "rekey_file";

    // The range of .NET's DateTime. A forger chooses exp: a token with an extreme one must be judged, not lost.
    private const string MinTime = "TIMESTAMP '0001-01-01 00:00:00'";
    private const string MaxTime = "TIMESTAMP '9999-12-31 23:59:59'";

    /// <summary>The defect of a row that the map takes out.</summary>
    public const string Filtered = "taken out by the map";

    public IReadOnlyList<ViewColumn> Columns => columns;

    public LogSource Source => source;

    public ColumnSource SourceOf(ViewColumn column) => source.Columns[column.Name];

    private string Names => string.Join(", ", columns.Select(c => SqlText.Name(c.Name)));

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
    /// <param name="isSmall">Whether the signing-input hashes are probably in lower case: converting them costs as much as the rest of
    /// their digest.</param>
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
            ? $"{from} WHERE {Sieve.Holds(Typed(column, SourceOf(column).Form, RawOf(column, leaf), ValueOf(column, leaf)))}"
            : from;
        var good = isClean ? [] : Reasons(leaf).Select(r => r.IsGood).ToList();
        string Read(string name) => columns.Select((c, i) => (c.Name, Raw: $"r{i}")).Single(c => c.Name == name).Raw;
        var digest = TokenDigest.Of(
            Read(nameof(PresentedToken.Iss)),
            Read(nameof(PresentedToken.Jti)),
            isSmall ? Read(nameof(PresentedToken.SigningInputSha256)) : nameof(PresentedToken.SigningInputSha256)
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
            typed.Add($"{Typed(column, SourceOf(column).Form, $"r{i}", value)} AS {SqlText.Name(column.Name)}");
        }

        return $"SELECT {string.Join(", ", typed)}, "
            + $"{string.Join(", ", Enumerable.Range(0, columns.Count).Select(i => $"r{i}"))}{Passed(more)} FROM (SELECT "
            + $"{string.Join(", ", raw)}{Passed(more)} FROM {from})";
    }

    private string RawOf(ViewColumn column, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf) =>
        ValueOf(column, leaf) is var value && (column.Type == ColumnType.Text || !value.IsTyped)
            ? $"nullif({value.AsText}, '')"
            : value.Sql;

    private RawValue ValueOf(ViewColumn column, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf) =>
        SourceOf(column) switch
        {
            { Constant: { } constant } => new(SqlText.Literal(constant), "VARCHAR", column.Type),
            { Folder: null } from when from.Paths.Any() && leaf(column, from) is { } found => new(found.Sql, found.Type, column.Type),
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

    private static string Typed(ViewColumn column, SourceForm form, string raw, RawValue value) =>
        column.Type switch
        {
            var t when t == ColumnType.Time && value.IsTyped => Moment(value, raw, IsWhole(column)),
            var t when t == ColumnType.Time => Whole(IsWhole(column), form is SourceForm.Plain ? Iso(raw) : Epoch(raw, form)),
            _ when value.IsTyped && column.Type != ColumnType.Text => $"CAST({raw} AS {column.Type.Sql})",
            var t when t == ColumnType.Number => $"TRY_CAST({raw} AS BIGINT)",
            var t when t == ColumnType.Truth => $"TRY_CAST({raw} AS BOOLEAN)",
            _ when column.Name == nameof(PresentedToken.SigningInputSha256) => $"lower({raw})",
            // A socket that serves both families writes IPv4 addresses so (RFC 4291 §2.5.5.2): all of them would be one network.
            _ when column.Name == nameof(Sighting.SrcIpAddr) =>
                $"CASE WHEN starts_with({raw}, '::') AND {raw}[:7] IN ('::ffff:', '::FFFF:') AND contains({raw}, '.') THEN "
                    + $"{raw}[8:] ELSE {raw} END",
            _ => raw,
        };

    private static bool IsWhole(ViewColumn column) => column.Name is nameof(PresentedToken.IssuedAt) or nameof(PresentedToken.ExpiresAt);

    private static string Whole(bool isWhole, string time) => isWhole ? $"date_trunc('second', {time})" : time;

    /// <summary>
    /// A text without an offset is UTC; RFC 3339 allows a small z and t, DuckDB does not. A cast to TIMESTAMP alone would drop the
    /// offset, and is four times faster where a Z says that there is none.
    /// </summary>
    private static string Iso(string raw)
    {
        var utc = Finite($"TRY_CAST({raw} AS TIMESTAMP)", m => m);
        var read = $"coalesce(TRY_CAST({raw} AS TIMESTAMPTZ), TRY_CAST(upper({raw}) AS TIMESTAMPTZ))";
        var offset = Finite(read, m => $"{m} AT TIME ZONE 'UTC'");
        return $"CASE WHEN ends_with({raw}, 'Z') THEN {utc} ELSE {offset} END";
    }

    /// <summary>Most times are as they should be, and no calendar is asked about those: that alone would take longer than everything else
    /// that is done with a row.</summary>
    private static string Moment(RawValue value, string raw, bool isWhole)
    {
        var usual = value.Type is "TIMESTAMP"
            ? $"WHEN {raw} BETWEEN {MinTime} AND {MaxTime}{(isWhole ? $" AND epoch_us({raw}) % 1000000 = 0" : "")} THEN {raw} "
            : "";
        var time = value.Type switch
        {
            "TIMESTAMP" => raw,
            "TIMESTAMP WITH TIME ZONE" => $"make_timestamp(epoch_us({raw}))",
            _ => $"TRY_CAST({raw} AS TIMESTAMP)",
        };
        return $"CASE {usual}WHEN isfinite({raw}) THEN {Whole(isWhole, Bounded(time))} END";
    }

    private static string Finite(string moment, Func<string, string> utc) =>
        $"CASE WHEN isfinite({moment}) THEN {Bounded(utc(moment))} END";

    private static string Bounded(string time) => $"least(greatest({time}, {MinTime}), {MaxTime})";

    private static string Epoch(string raw, SourceForm form)
    {
        var (scale, perSecond) = form is SourceForm.EpochSeconds ? (1_000_000, 1.0) : (1_000, 1000.0);
        var number = $"TRY_CAST({raw} AS DOUBLE)";
        return $"CASE WHEN isnan({number}) THEN NULL WHEN {number} >= {253402300799 * perSecond:0} THEN {MaxTime} WHEN "
            + $"{number} <= {-62135596800 * perSecond:0} THEN {MinTime} "
            + $"ELSE make_timestamp(CAST(TRY_CAST({raw} AS DECIMAL(38, 6)) * {scale} AS BIGINT)) END";
    }

    /// <summary>What a column is read from, and whether that has the column's type already.</summary>
    private sealed record RawValue(string Sql, string Type, ColumnType Wanted)
    {
        public bool IsTime => Wanted == ColumnType.Time;

        public bool IsTyped =>
            IsTime ? Type.StartsWith("TIMESTAMP", StringComparison.Ordinal) || Type is "DATE"
            : Wanted == ColumnType.Number
                ? Type is "BIGINT" or "INTEGER" or "SMALLINT" or "TINYINT" or "UINTEGER" or "USMALLINT" or "UTINYINT"
            : Wanted == ColumnType.Truth ? Type is "BOOLEAN"
            : Type is "VARCHAR";

        public string AsText => Type is "VARCHAR" ? Sql : $"CAST({Sql} AS VARCHAR)";
    }

    /// <summary>The reason of a bad row.</summary>
    private sealed record Reason(string IsBad, string IsGood, string Words);
}
