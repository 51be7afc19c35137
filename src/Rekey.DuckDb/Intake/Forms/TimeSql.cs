using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Mapping;
using static Rekey.DuckDb.Intake.Forms.LetSql;

namespace Rekey.DuckDb.Intake.Forms;

/// <summary>
/// Times in all forms that logs have, as TIMESTAMP in UTC; null for what is no time. A claim beyond the years 1 to 9999 becomes the nearest
/// time within: a forger chooses <c>exp</c>, and a token with an extreme one must be judged.
/// </summary>
internal static class TimeSql
{
    private const string MinTime = "TIMESTAMP '0001-01-01 00:00:00'";
    private const string MaxTime = "TIMESTAMP '9999-12-31 23:59:59'";
    private const long MinSecond = -62_135_596_800;
    private const long MaxSecond = 253_402_300_799;

    private const string Usual = "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]+)?";

    private const string OffsetPart = "[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?";

    /// <summary>ISO 8601 in large letters, extended or basic, with or without fraction and offset.</summary>
    private const string Iso =
        @"\s*([0-9]{4,6})-?([0-9]{2})-?([0-9]{2})[T\s]\s*([0-9]{2}):?([0-9]{2}):?([0-9]{2})"
        + @"(?:[.,]([0-9]+))?\s*(Z|UTC|GMT|"
        + OffsetPart
        + @")?\s*";

    /// <summary>The offset at the end of a text, and UTC.</summary>
    private const string Offset = @"[0-9.,:\s]" + OffsetPart + @"\s*";

    private const string Utc = @"(?:Z|UTC|GMT)\s*";

    private const string Number = @"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*";

    /// <summary>Forms with an offset: <c>time_local</c> of nginx and Apache, dates of mail and HTTP (RFC 9110 §5.6.7).</summary>
    private static readonly IReadOnlyList<string> WithOffset =
    [
        "%d/%b/%Y:%H:%M:%S %z",
        "%a, %d %b %Y %H:%M:%S GMT",
        "%a, %d %b %Y %H:%M:%S %z",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%Y-%m-%dT%H:%M%z",
        "%Y-%m-%dT%H:%MZ",
    ];

    private static readonly IReadOnlyList<string> WithoutOffset =
    [
        "%d/%b/%Y:%H:%M:%S",
        "%a %b %d %H:%M:%S %Y",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d",
    ];

    /// <summary>Whether a DuckDB type is a time or a number, which is read without its text.</summary>
    public static bool IsTyped(string type) => IsMoment(type) || IsInteger(type) || IsFraction(type);

    /// <param name="raw">An expression of the type <paramref name="type"/>: of a text unless it is typed.</param>
    /// <param name="form">The unit of numbers; <see cref="SourceForm.Plain"/> by their size.</param>
    /// <param name="timeZone">The zone of times without an offset; null for UTC.</param>
    /// <param name="isClaim">Whether it is a claim: fractions of a second are dropped, and a time beyond the years is the nearest one. For
    /// another time that is none: <c>0001-01-01</c> is .NET's empty value, and 9999 is a number in the wrong unit.</param>
    public static string Of(string raw, string type, SourceForm form, string? timeZone, bool isClaim)
    {
        var time =
            IsMoment(type) ? Moment(raw, type, timeZone, isClaim)
            : IsInteger(type) ? $"coalesce({OfInteger($"TRY_CAST({raw} AS BIGINT)", form)}, {OfFraction($"CAST({raw} AS DOUBLE)", form)})"
            : IsFraction(type) ? OfFraction($"CAST({raw} AS DOUBLE)", form)
            : OfText(raw, form, timeZone);
        return !isClaim ? $"nullif(nullif({time}, {MaxTime}), {MinTime})"
            : IsMoment(type) ? time
            : $"date_trunc('second', {time})";
    }

    /// <summary>The usual forms first: each costs one cast. Everything else is tried only for what is none of them.</summary>
    private static string OfText(string raw, SourceForm form, string? timeZone)
    {
        // DuckDB drops an offset when it reads TIMESTAMP. When it reads TIMESTAMPTZ, a zone's name in one row is used for the next rows
        // without an offset, so that only texts with an offset in digits are read so.
        var usual =
            $"CASE WHEN ends_with({raw}, 'Z') THEN TRY_CAST({raw} AS TIMESTAMP) "
            + $"WHEN regexp_full_match({raw}, '{Usual}') THEN {InZone($"TRY_CAST({raw} AS TIMESTAMP)", timeZone)} "
            + $"WHEN regexp_full_match({raw}, '{Usual}{OffsetPart}') THEN "
            + $"TRY_CAST({raw} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END";
        return $"coalesce(CASE WHEN strlen({raw}) <= 19 AND regexp_full_match({raw}, '[0-9]+') THEN "
            + $"{OfInteger($"TRY_CAST({raw} AS BIGINT)", form)} ELSE {Bounded(usual)} END, {OfOtherText(raw, form, timeZone)})";
    }

    private static string OfOtherText(string raw, SourceForm form, string? timeZone)
    {
        // More digits of a fraction than a time has would be rounded up to the next second.
        var number = $"TRY_CAST(regexp_replace(trim({raw}), '(\\.[0-9]{{6}})[0-9]+$', '\\1') AS DOUBLE)";
        var iso = Let(
            "iso",
            $"regexp_replace(upper({raw}), {SqlText.Literal($"^{Iso}$")}, '\\1-\\2-\\3 \\4:\\5:\\6.\\70\\8')",
            $"CASE WHEN regexp_matches(iso, {SqlText.Literal($"{Offset}$")}) THEN TRY_CAST(iso AS TIMESTAMPTZ) AT TIME ZONE 'UTC' "
                + $"WHEN regexp_matches(iso, {SqlText.Literal($"{Utc}$")}) THEN "
                + $"TRY_CAST(regexp_replace(iso, {SqlText.Literal($"{Utc}$")}, '') AS TIMESTAMP) "
                + $"ELSE {InZone("TRY_CAST(iso AS TIMESTAMP)", timeZone)} END"
        );
        var named = Let(
            "named",
            $"trim({raw}, ' []')",
            $"coalesce(try_strptime(named, {SqlText.List(WithOffset)}) AT TIME ZONE 'UTC', "
                + $"{InZone($"try_strptime(named, {SqlText.List(WithoutOffset)})", timeZone)})"
        );
        return $"CASE WHEN regexp_full_match({raw}, {SqlText.Literal(Number)}) THEN {OfFraction(number, form)} WHEN "
            + $"regexp_full_match(upper({raw}), {SqlText.Literal(Iso)}) THEN {Bounded(iso)} "
            + $"WHEN regexp_matches({raw}, '[0-9]') THEN {Bounded(named)} END";
    }

    private static string InZone(string local, string? timeZone) =>
        timeZone is null ? local : $"({local} AT TIME ZONE {SqlText.Literal(timeZone)}) AT TIME ZONE 'UTC'";

    /// <summary>A time of Parquet. Most are as they should be, and no calendar is asked about those.</summary>
    private static string Moment(string raw, string type, string? timeZone, bool isClaim)
    {
        var usual =
            type is "TIMESTAMP" && timeZone is null
                ? $"WHEN {raw} BETWEEN {MinTime} AND {MaxTime}{(isClaim ? $" AND epoch_us({raw}) % 1000000 = 0" : "")} THEN {raw} "
                : "";
        var time = type switch
        {
            "TIMESTAMP WITH TIME ZONE" => $"make_timestamp(epoch_us({raw}))",
            _ => InZone(type is "TIMESTAMP" ? raw : $"TRY_CAST({raw} AS TIMESTAMP)", timeZone),
        };
        var bounded = $"least(greatest({time}, {MinTime}), {MaxTime})";
        return $"CASE {usual}WHEN isfinite({raw}) THEN {(isClaim ? $"date_trunc('second', {bounded})" : bounded)} END";
    }

    private static string Bounded(string time) =>
        Let(
            "moment",
            time,
            $"CASE WHEN moment BETWEEN {MinTime} AND {MaxTime} THEN moment WHEN isfinite(moment) THEN "
                + $"least(greatest(moment, {MinTime}), {MaxTime}) END"
        );

    private static string OfInteger(string number, SourceForm form) =>
        Let(
            "n",
            number,
            ByUnit(form, perSecond =>
                perSecond == 1_000_000_000
                    ? $"n // 1000"
                    : $"least(greatest(n, {MinSecond * perSecond}), {MaxSecond * perSecond}) * {1_000_000 / perSecond}"
            )
        );

    private static string OfFraction(string number, SourceForm form) =>
        Let(
            "n",
            number,
            $"CASE WHEN NOT isnan(n) THEN {ByUnit(form, perSecond =>
                $"CAST(round(least(greatest(n * {1e6 / perSecond:0.000}::DOUBLE, {MinSecond}000000::DOUBLE), {MaxSecond}000000::DOUBLE)) "
                + "AS BIGINT)")} END"
        );

    /// <summary>
    /// Without a unit, a number is read in seconds, milliseconds, microseconds or nanoseconds by its size: no time in one of the smaller
    /// units is before July 1979, and every second of the years up to 9999 is below the first limit.
    /// </summary>
    private static string ByUnit(SourceForm form, Func<long, string> micros) =>
        form switch
        {
            SourceForm.EpochSeconds => Known(micros(1)),
            SourceForm.EpochMilliseconds => Known(micros(1_000)),
            SourceForm.EpochMicroseconds => Known(micros(1_000_000)),
            SourceForm.EpochNanoseconds => Known(micros(1_000_000_000)),
            _ => $"CASE WHEN n < {EpochUnits.Milliseconds} THEN make_timestamp({micros(1)}) WHEN n < {EpochUnits.Microseconds} THEN "
                + $"make_timestamp({micros(1_000)}) WHEN n < {EpochUnits.Nanoseconds} THEN make_timestamp({micros(1_000_000)}) WHEN n IS "
                + $"NOT NULL THEN make_timestamp({micros(1_000_000_000)}) END",
        };

    private static string Known(string micros) => $"CASE WHEN n IS NOT NULL THEN make_timestamp({micros}) END";

    private static bool IsMoment(string type) => type.StartsWith("TIMESTAMP", StringComparison.Ordinal) || type is "DATE";

    private static bool IsInteger(string type) =>
        type.EndsWith("INT", StringComparison.Ordinal) || type.EndsWith("INTEGER", StringComparison.Ordinal);

    private static bool IsFraction(string type) => type is "DOUBLE" or "FLOAT" || type.StartsWith("DECIMAL(", StringComparison.Ordinal);
}
