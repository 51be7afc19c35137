using System.Collections.Frozen;
using Rekey.Detections;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Intake.Forms;
using Rekey.DuckDb.Intake.Repairs;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Intake;

/// <summary>
/// The SQL that converts raw values of a file to the columns of a view. The columns <c>Bad</c> and <c>Damage</c> say what cannot be
/// read of a row.
/// </summary>
/// <param name="source">The source of each column.</param>
/// <param name="oldest">The oldest time to judge: earlier rows are bad. Null for no limit.</param>
internal sealed class ViewReading(IReadOnlyList<ViewColumn> columns, LogSource source, DateTimeOffset? oldest = null)
{
    /// <summary>The column with the reason why a row cannot be judged; null if it can.</summary>
    public const string Bad = "Bad";

    /// <summary>The column with what cannot be read of a row; null if all can.</summary>
    public const string Damage = "Damage";

    /// <summary>The column that is false where a row has no readable time, and has the time of its file.</summary>
    public const string HasTime = "HasTime";

    /// <summary>The reason of a row of which nothing can be read.</summary>
    public const string Nothing = "Nothing in it can be read";

    /// <summary>The reason of a line of which a repair has left nothing.</summary>
    public const string Lost = "Nothing in the damaged line can be read";

    /// <summary>What is wrong with a row that the file has in part.</summary>
    public const string PartlyRead = "Only a part of the line can be read";

    /// <summary>The column with a row's file.</summary>
    public const string File = "rekey_file";

    /// <summary>The reason of a row that the map takes out.</summary>
    public const string Filtered = "The map takes it out";

    private const string TimeGenerated = "TimeGenerated";

    /// <summary>The columns that are claims of the token, which its forger chooses.</summary>
    private static readonly FrozenSet<string> Claims = FrozenSet.Create(
        StringComparer.Ordinal,
        nameof(PresentedToken.Iss),
        nameof(PresentedToken.Jti),
        nameof(PresentedToken.Kid),
        nameof(PresentedToken.Sub),
        nameof(PresentedToken.Aud),
        nameof(PresentedToken.IssuedAt),
        nameof(PresentedToken.ExpiresAt)
    );

    /// <summary>The columns by one of which a row names a token.</summary>
    private static readonly string[] TokenNames =
    [
        nameof(PresentedToken.Iss),
        nameof(PresentedToken.Jti),
        nameof(PresentedToken.Kid),
        nameof(PresentedToken.Sub),
        nameof(PresentedToken.SigningInputSha256),
    ];

    public IReadOnlyList<ViewColumn> Columns => columns;

    public LogSource Source => source;

    /// <summary>Whether it is the view of issuances.</summary>
    public bool IsIssuance => ReferenceEquals(columns, LogViews.TokenIssuance);

    public ColumnSource SourceOf(ViewColumn column) => source.Columns[column.Name];

    private string Names => string.Join(", ", columns.Select(c => SqlText.Name(c.Name)));

    /// <summary>The rows of <paramref name="from"/>, read and judged. <paramref name="more"/> are columns of it that are passed
    /// on.</summary>
    /// <param name="leaf">For a column, an expression over <paramref name="from"/> and its DuckDB type; null when the file does not have
    /// it.</param>
    /// <param name="from">What follows FROM.</param>
    /// <param name="files">The files of the rows.</param>
    public string Select(string from, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf, RawFiles files, params string[] more)
    {
        var unread = Unread(leaf, files).ToList();
        var bad = string.Join(" ", BadReasons(leaf, files).Select(r => $"WHEN {r.IsBad} THEN {SqlText.Literal(r.Words)}"));
        var damage = Named(
            "; ",
            unread.Select(u => (u.Condition, u.Words)).Concat(files.AreRepaired ? [($"{RepairedCopy.Mark} <> ''", PartlyRead)] : [])
        );
        return $"SELECT {Output(unread, fileTime: null)}, {TimeGenerated} IS NOT NULL AS {HasTime}, CASE {bad} END AS {Bad}, "
            + $"{damage} AS {Damage}{Passed(more)} FROM ({Typed(from, leaf, files, more)})";
    }

    /// <summary>Returns SQL for the rows that can be judged.</summary>
    /// <param name="files">The files of the rows.</param>
    /// <param name="isClean">Whether an earlier read found that all of every row can be read: then the checks are skipped.</param>
    /// <param name="isSmall">Whether the signing-input hashes are probably hexadecimal in lower case: converting them costs more than the
    /// rest of their digest.</param>
    /// <param name="sieved">The column by which rows must be in the sieve; null for all rows.</param>
    public string SelectGood(
        string from,
        Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf,
        RawFiles files,
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
        var good = isClean ? [] : BadReasons(leaf, files).Select(r => $"({r.IsBad}) IS NOT TRUE").ToList();
        string Read(string name) => columns.Select((c, i) => (c.Name, Raw: $"r{i}")).Single(c => c.Name == name).Raw;
        var digest = TokenDigest.Of(
            Read(nameof(PresentedToken.Iss)),
            Read(nameof(PresentedToken.Jti)),
            isSmall ? HashSql.OfSmall(Read(nameof(PresentedToken.SigningInputSha256))) : nameof(PresentedToken.SigningInputSha256)
        );
        var names = isClean ? Names : Output([.. Unread(leaf, files)], FileTime(files.Files));
        return $"SELECT {names}, {digest}{Passed(more)} FROM "
            + $"({Typed(sifted, leaf, files, more)}){(good.Count > 0 ? $" WHERE {string.Join(" AND ", good)}" : "")}";
    }

    /// <summary>The view's columns. A row without a readable time says so.</summary>
    /// <param name="fileTime">The time that it gets; null for none.</param>
    private string Output(IReadOnlyList<Member> unread, string? fileTime)
    {
        var claims = Named(
            " ",
            unread.Where(u => Claims.Contains(u.Column.Name)).Select(u => (u.Condition, u.Column.Name)),
            LogViews.MalformedClaims
        );
        return string.Join(
            ", ",
            columns.Select(c =>
                c.Name switch
                {
                    TimeGenerated when fileTime is not null => $"coalesce({TimeGenerated}, {fileTime}) AS {TimeGenerated}",
                    LogViews.IsTimeKnown =>
                        $"CASE WHEN {TimeGenerated} IS NULL THEN false ELSE {LogViews.IsTimeKnown} END AS {LogViews.IsTimeKnown}",
                    LogViews.MalformedClaims => $"{claims} AS {LogViews.MalformedClaims}",
                    _ => SqlText.Name(c.Name),
                }
            )
        );
    }

    /// <summary>The words of the conditions that hold. Most rows meet none, and pay for the comparisons alone.</summary>
    /// <param name="more">A text in front of them.</param>
    private static string Named(string between, IEnumerable<(string Condition, string Words)> named, string more = "CAST(NULL AS VARCHAR)")
    {
        var all = named.ToList();
        if (all.Count == 0)
        {
            return more;
        }

        var words = string.Join(", ", all.Select(n => $"CASE WHEN {n.Condition} THEN {SqlText.Literal(n.Words)} END").Prepend(more));
        return $"CASE WHEN {string.Join(" OR ", all.Select(n => $"({n.Condition})"))} THEN concat_ws('{between}', {words}) ELSE {more} END";
    }

    /// <summary>SQL for the last write of a row's file.</summary>
    public static string FileTime(IEnumerable<LogFile> files) =>
        $"CASE {File} {string.Join(" ", files.Select(f => $"WHEN {SqlText.Literal(f.Path)} THEN {SqlText.Time(f.LastWrite)}"))} END";

    private static string Passed(string[] more) => string.Concat(more.Select(m => $", {m}"));

    /// <summary>The columns by their names, and beside each, as <c>r0</c> and so on, what it was read from.</summary>
    private string Typed(string from, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf, RawFiles files, string[] more)
    {
        more = files.AreRepaired ? [.. more, RepairedCopy.Mark] : more;
        var (raw, typed) = (new List<string>(), new List<string>());
        for (var i = 0; i < columns.Count; i++)
        {
            var (column, value) = (columns[i], ValueOf(columns[i], leaf));
            raw.Add($"{RawOf(column, leaf)} AS r{i}");
            var sql = Typed(column, SourceOf(column), $"r{i}", value);
            sql = files.AreRepaired && IsCompared(column) ? $"CASE WHEN {IsReplaced($"r{i}")} THEN NULL ELSE {sql} END" : sql;
            typed.Add($"{sql} AS {SqlText.Name(column.Name)}");
        }

        return $"SELECT {string.Join(", ", typed)}, "
            + $"{string.Join(", ", Enumerable.Range(0, columns.Count).Select(i => $"r{i}"))}{Passed(more)} FROM (SELECT "
            + $"{string.Join(", ", raw)}{Passed(more)} FROM {from})";
    }

    private string RawOf(ViewColumn column, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf) =>
        ValueOf(column, leaf) switch
        {
            { Type: "BLOB" } value when column.Name == nameof(PresentedToken.SigningInputSha256) => HashSql.TextOf(value.Sql),
            var value when column.Type == ColumnType.Text || !value.IsTyped
                // Web servers write a hyphen for what is missing.
                => $"nullif(nullif({value.AsText}, ''), '-')",
            var value => value.Sql,
        };

    private RawValue ValueOf(ViewColumn column, Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf) =>
        SourceOf(column) switch
        {
            { Constant: { } constant } => new(SqlText.Literal(constant), "VARCHAR", column.Type),
            { Folder: null } from when from.Paths.Any() && leaf(column, from) is { } found => new(found.Sql, found.Type, column.Type),
            _ => new("CAST(NULL AS VARCHAR)", "VARCHAR", column.Type),
        };

    /// <summary>The members that cannot be read, which count as missing.</summary>
    private IEnumerable<Member> Unread(Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf, RawFiles files)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            var (column, raw, name) = (columns[i], $"r{i}", SqlText.Name(columns[i].Name));
            if (column.Name == nameof(Sighting.SrcIpAddr))
            {
                // Gateways write a word for an address that they do not know.
                continue;
            }

            // A column that is of its type already holds nothing that could not be read; a time may be without end.
            var isSure = column.Type != ColumnType.Text && ValueOf(column, leaf) is { IsTyped: true, IsTime: false };
            var isText = column.Type == ColumnType.Text;
            if (!isSure && (!isText || IsCompared(column) || HasForm(column)))
            {
                var what =
                    column.Type == ColumnType.Time ? "time"
                    : column.Type == ColumnType.Number ? "number"
                    : isText ? "text"
                    : "truth value";
                yield return new(column, $"{raw} IS NOT NULL AND {name} IS NULL", $"{column.Name} is not a readable {what}");
            }
            else if (isText && files.AreRepaired)
            {
                yield return new(column, IsReplaced(raw), $"{column.Name} has characters that cannot be read");
            }

            if (column.Name == TimeGenerated)
            {
                yield return new(column, $"{raw} IS NULL", $"{column.Name} is missing");
            }
        }
    }

    /// <summary>Why a row cannot be judged at all.</summary>
    private IEnumerable<Reason> BadReasons(Func<ViewColumn, ColumnSource, (string Sql, string Type)?> leaf, RawFiles files)
    {
        var logged = columns
            .Select((c, i) => (Column: c, Raw: $"r{i}"))
            .Where(c => SourceOf(c.Column) is { Constant: null } from && from.Paths.Any() && leaf(c.Column, from) is not null)
            .Select(c => $"{c.Raw} IS NULL")
            .ToList();
        var nothing = logged.Count > 0 ? string.Join(" AND ", logged) : "true";
        if (files.AreRepaired)
        {
            // A damaged issuance without its jti stands for none.
            yield return new($"{RepairedCopy.Mark} <> '' AND ({(IsIssuance ? "Jti IS NULL OR Iss IS NULL" : nothing)})", Lost);
        }

        yield return new(nothing, Nothing);
        if (IsIssuance)
        {
            yield return new("Iss IS NULL", "Iss is missing");
            yield return new("Jti IS NULL", "Jti is missing");
        }
        else
        {
            yield return new(
                string.Join(" AND ", TokenNames.Select(n => $"{n} IS NULL")),
                $"It names no token: {string.Join(", ", TokenNames)} are missing"
            );
        }

        if (oldest is { } limit)
        {
            yield return new($"TimeGenerated < {SqlText.Time(limit)}", "TimeGenerated is too old to be judged");
        }
    }

    /// <summary>The claims that are compared with the issuance: one that cannot be read must differ from none.</summary>
    private static bool IsCompared(ViewColumn column) =>
        column.Name is nameof(PresentedToken.Kid) or nameof(PresentedToken.Sub) or nameof(PresentedToken.Aud);

    /// <summary>The texts of a known form: what has another form is no value.</summary>
    private static bool HasForm(ViewColumn column) => column.Name == nameof(PresentedToken.SigningInputSha256);

    private static string IsReplaced(string raw) => $"contains({raw}, chr(65533))";

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

    /// <summary>A member of a row that cannot be read.</summary>
    private sealed record Member(ViewColumn Column, string Condition, string Words);

    /// <summary>Why a row cannot be judged.</summary>
    private sealed record Reason(string IsBad, string Words);
}
