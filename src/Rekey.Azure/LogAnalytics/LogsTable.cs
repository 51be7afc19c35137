using System.Globalization;
using System.Text.Json;

namespace Rekey.Azure.LogAnalytics;

/// <summary>A column of a result.</summary>
/// <param name="Type">One of <c>bool datetime dynamic int long real string guid decimal timespan</c>.</param>
public sealed record LogsTableColumn(string Name, string Type);

/// <summary>A result, still as it came: rows are read from the reply's bytes one at a time, so that half a million of them do not stand in memory twice.</summary>
public sealed class LogsTable
{
    private readonly ReadOnlyMemory<byte> _body;
    private readonly IReadOnlyList<int> _rows;

    /// <param name="rows">Where in the body each row begins.</param>
    internal LogsTable(IReadOnlyList<LogsTableColumn> columns, ReadOnlyMemory<byte> body, IReadOnlyList<int> rows)
    {
        Columns = columns;
        _body = body;
        _rows = rows;
    }

    /// <summary>No columns, no rows: what a reply without a body means.</summary>
    public static LogsTable Empty { get; } = new([], default, []);

    public IReadOnlyList<LogsTableColumn> Columns { get; }

    public int RowCount => _rows.Count;

    public IEnumerable<LogsTableRow> Rows => _rows.Select(Read);

    private LogsTableRow Read(int start)
    {
        var cells = new object?[Columns.Count];
        var reader = new Utf8JsonReader(_body.Span[start..], isFinalBlock: true, state: default);
        reader.Read();
        var count = 0;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (count == cells.Length)
            {
                throw LogsErrors.Misunderstood("a row has more cells than there are columns");
            }

            cells[count++] = Cell(ref reader);
        }

        return count == cells.Length ? new LogsTableRow(Columns, cells) : throw LogsErrors.Misunderstood("a row has fewer cells than there are columns");
    }

    private static object? Cell(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var whole) ? whole : (object)reader.GetDouble();
            default:
                // dynamic comes as a text of JSON; should it come as JSON, its text is what it says.
                using (var value = JsonDocument.ParseValue(ref reader))
                {
                    return value.RootElement.GetRawText();
                }
        }
    }
}

/// <summary>A row of a result. A cell of another type than asked for is an error, never a default.</summary>
public sealed class LogsTableRow
{
    private readonly IReadOnlyList<LogsTableColumn> _columns;
    private readonly object?[] _cells;

    internal LogsTableRow(IReadOnlyList<LogsTableColumn> columns, object?[] cells)
    {
        _columns = columns;
        _cells = cells;
    }

    /// <summary>The text; null where it is empty, since KQL does not tell the two apart. <c>dynamic</c> is a text of JSON.</summary>
    public string? GetString(string column) => Cell(column) switch
    {
        null or "" => null,
        string text => text,
        _ => throw Wrong(column, "a text"),
    };

    public long? GetInt64(string column) => Cell(column) switch
    {
        null => null,
        long number => number,
        _ => throw Wrong(column, "a whole number"),
    };

    public bool? GetBoolean(string column) => Cell(column) switch
    {
        null => null,
        bool truth => truth,
        _ => throw Wrong(column, "a truth value"),
    };

    public DateTimeOffset? GetDateTimeOffset(string column) => Cell(column) switch
    {
        null => null,
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) => time,
        _ => throw Wrong(column, "a time"),
    };

    private object? Cell(string column)
    {
        for (var i = 0; i < _columns.Count; i++)
        {
            if (string.Equals(_columns[i].Name, column, StringComparison.Ordinal))
            {
                return _cells[i];
            }
        }

        throw LogsErrors.Misunderstood($"the column {column} is missing");
    }

    private static CannotContinueException Wrong(string column, string wanted) => LogsErrors.Misunderstood($"a cell of the column {column} is not {wanted}");
}
