namespace Rekey.DuckDb.Engine;

/// <summary>Quotes names and values for SQL. Outside input enters SQL only through this class.</summary>
internal static class SqlText
{
    /// <summary>A text literal. DuckDB's parser ends at a NUL character, which a forged jti may contain.</summary>
    public static string Literal(string value) =>
        value.Contains('\0') ? $"({string.Join(" || chr(0) || ", value.Split('\0').Select(Literal))})" : $"'{value.Replace("'", "''")}'";

    /// <summary>A quoted identifier.</summary>
    public static string Name(string name) =>
        name.Contains('\0')
            ? throw new FormatException("A name with a NUL character cannot be used.")
            : $"\"{name.Replace("\"", "\"\"")}\"";

    /// <summary>A list of text literals.</summary>
    public static string List(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Literal))}]";

    /// <summary>An interval of whole microseconds, free of calendars.</summary>
    public static string Interval(TimeSpan span) => $"to_microseconds({span.Ticks / TimeSpan.TicksPerMicrosecond})";

    /// <summary>A moment, UTC.</summary>
    public static string Time(DateTimeOffset time) =>
        $"make_timestamp({(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond}::BIGINT)";
}
