using Rekey.Sweeps;

namespace Rekey.DuckDb;

/// <summary>
/// The SQL that turns raw values of a file into the columns of a view, each row with what is wrong with it in <c>Bad</c>: null when it can be judged.
/// </summary>
/// <param name="oldest">What was generated earlier is bad; null when all of it is judged.</param>
internal sealed class ViewReading(IReadOnlyList<ViewColumn> columns, IReadOnlyDictionary<string, ColumnSource> sources, DateTimeOffset? oldest = null)
{
    /// <summary>Tells a bad row's reason.</summary>
    public const string Bad = "Bad";

    /// <summary>Tells a row's file.</summary>
    public const string File = "rekey_file";

    // The range of .NET's DateTime. Whoever forges a token chooses its exp: one at the end of time must be judged, not lost.
    private const string MinTime = "TIMESTAMP '0001-01-01 00:00:00'";
    private const string MaxTime = "TIMESTAMP '9999-12-31 23:59:59'";

    public IReadOnlyList<ViewColumn> Columns => columns;

    public ColumnSource SourceOf(ViewColumn column) => sources[column.Name];

    /// <summary>The first parts of all paths: what has to be read of a file.</summary>
    public IReadOnlyList<string> Roots => [.. columns.Select(SourceOf).Where(s => s.Path.Count > 0).Select(s => s.Path[0]).Distinct(StringComparer.Ordinal)];

    /// <summary>The columns with their types, as a table has them.</summary>
    public string TableColumns => string.Join(", ", columns.Select(c => $"{SqlText.Name(c.Name)} {c.Type.Sql}").Append($"{Bad} VARCHAR").Append($"{File} VARCHAR"));

    /// <summary>The view's columns by name.</summary>
    public string Names => string.Join(", ", columns.Select(c => SqlText.Name(c.Name)));

    /// <summary>The rows of <paramref name="from"/>, read and judged. <paramref name="more"/> are columns of it that are passed on.</summary>
    /// <param name="leaf">For a column, an expression over <paramref name="from"/> and its DuckDB type; null when the file does not have it.</param>
    /// <param name="from">What follows FROM.</param>
    public string Select(string from, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf, params string[] more)
    {
        var (raw, typed, reasons) = (new List<string>(), new List<string>(), new List<string>());
        for (var i = 0; i < columns.Count; i++)
        {
            var (column, source) = (columns[i], SourceOf(columns[i]));
            var (value, type) = source.Constant is { } constant ? (SqlText.Literal(constant), "VARCHAR") : source.Path.Count > 0 ? leaf(column, source) ?? ("NULL", "VARCHAR") : ("NULL", "VARCHAR");
            var isTime = column.Type == ColumnType.Time && (type.StartsWith("TIMESTAMP", StringComparison.Ordinal) || type is "DATE");
            raw.Add($"{(isTime ? value : $"nullif(CAST({value} AS VARCHAR), '')")} AS r{i}");
            typed.Add($"{Typed(column, source.Form, $"r{i}", isTime)} AS {SqlText.Name(column.Name)}");
            reasons.AddRange(Reasons(column, $"r{i}"));
        }

        if (oldest is { } limit)
        {
            reasons.Add($"WHEN TimeGenerated < {SqlText.Time(limit)} THEN 'TimeGenerated is too old to be judged'");
        }

        var passed = string.Concat(more.Select(m => $", {m}"));
        return $"SELECT {Names}, CASE {string.Join(" ", reasons)} END AS {Bad}{passed} FROM (SELECT {string.Join(", ", typed)}, {string.Join(", ", Enumerable.Range(0, columns.Count).Select(i => $"r{i}"))}{passed} "
            + $"FROM (SELECT {string.Join(", ", raw)}{passed} FROM {from}))";
    }

    private static IEnumerable<string> Reasons(ViewColumn column, string raw)
    {
        var name = SqlText.Name(column.Name);
        if (column.IsRequired)
        {
            yield return $"WHEN {raw} IS NULL THEN {SqlText.Literal($"{column.Name} is missing")}";
        }

        if (column.Type != ColumnType.Text)
        {
            var what = column.Type == ColumnType.Time ? "time" : column.Type == ColumnType.Number ? "number" : "truth value";
            yield return $"WHEN {raw} IS NOT NULL AND {name} IS NULL THEN {SqlText.Literal($"{column.Name} is no {what} that can be read")}";
        }
    }

    private static string Typed(ViewColumn column, SourceForm form, string raw, bool isTime) => column.Type switch
    {
        var t when t == ColumnType.Time => Whole(column.Name, form is SourceForm.Plain || isTime ? Iso(raw, isTime) : Epoch(raw, form)),
        var t when t == ColumnType.Number => $"TRY_CAST({raw} AS BIGINT)",
        var t when t == ColumnType.Truth => $"TRY_CAST({raw} AS BOOLEAN)",
        _ when column.Name == nameof(PresentedToken.SigningInputSha256) => $"lower({raw})",
        // A socket that serves both families writes IPv4 addresses so (RFC 4291 §2.5.5.2): all of them would be one network.
        _ when column.Name == nameof(Sighting.SrcIpAddr) => $"CASE WHEN {raw}[:7] IN ('::ffff:', '::FFFF:') AND contains({raw}, '.') THEN {raw}[8:] ELSE {raw} END",
        _ => raw,
    };

    private static string Whole(string name, string time) => name is nameof(PresentedToken.IssuedAt) or nameof(PresentedToken.ExpiresAt) ? $"date_trunc('second', {time})" : time;

    private static string Iso(string raw, bool isTime)
    {
        // A text without an offset is UTC; RFC 3339 allows a small z and t, DuckDB does not. A cast to TIMESTAMP alone would drop the offset.
        var moment = isTime ? $"CAST({raw} AS TIMESTAMPTZ)" : $"coalesce(TRY_CAST({raw} AS TIMESTAMPTZ), TRY_CAST(upper({raw}) AS TIMESTAMPTZ))";
        return $"CASE WHEN isfinite({moment}) THEN least(greatest({moment} AT TIME ZONE 'UTC', {MinTime}), {MaxTime}) END";
    }

    private static string Epoch(string raw, SourceForm form)
    {
        var (scale, perSecond) = form is SourceForm.EpochSeconds ? (1_000_000, 1.0) : (1_000, 1000.0);
        var number = $"TRY_CAST({raw} AS DOUBLE)";
        return $"CASE WHEN isnan({number}) THEN NULL WHEN {number} >= {253402300799 * perSecond:0} THEN {MaxTime} WHEN {number} <= {-62135596800 * perSecond:0} THEN {MinTime} "
            + $"ELSE make_timestamp(CAST(TRY_CAST({raw} AS DECIMAL(38, 6)) * {scale} AS BIGINT)) END";
    }
}
