using System.Globalization;
using Rekey.Core;

namespace Rekey.Azure.LogAnalytics.Client;

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
    public string? GetString(string column) =>
        Cell(column) switch
        {
            null or "" => null,
            string text => text,
            _ => throw Wrong(column, "a text"),
        };

    public long? GetInt64(string column) =>
        Cell(column) switch
        {
            null => null,
            long number => number,
            _ => throw Wrong(column, "a whole number"),
        };

    public bool? GetBoolean(string column) =>
        Cell(column) switch
        {
            null => null,
            bool truth => truth,
            _ => throw Wrong(column, "a truth value"),
        };

    public DateTimeOffset? GetDateTimeOffset(string column) =>
        Cell(column) switch
        {
            null => null,
            string text
                when DateTimeOffset.TryParse(
                    text,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out var time
                ) => time,
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

    private static CannotContinueException Wrong(string column, string wanted) =>
        LogsErrors.Misunderstood($"a cell of the column {column} is not {wanted}");
}
