using System.Text.Json;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>A result, still as it came: rows are read from the reply's bytes one at a time, so that half a million of them do not stand
/// in memory twice.</summary>
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

        return count == cells.Length
            ? new LogsTableRow(Columns, cells)
            : throw LogsErrors.Misunderstood("a row has fewer cells than there are columns");
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
