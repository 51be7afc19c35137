using System.Text.Json;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>The query API's wire, v1.</summary>
internal static class LogsWire
{
    internal sealed record Request(string Query, string Timespan);

    internal sealed record Failure(FailureBody? Error);

    internal sealed record FailureBody(string? Code, string? Message, FailureBody? Innererror, IReadOnlyList<FailureBody>? Details);

    internal sealed record Column(string? Name, string? Type);

    /// <summary>Reads a reply of 200 to its end: its first table, and the error that makes it a partial one.</summary>
    /// <exception cref="JsonException">It is cut off, or no such reply.</exception>
    public static (LogsTable? Table, FailureBody? Error) Read(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span);
        Expect(ref reader, JsonTokenType.StartObject);
        LogsTable? table = null;
        FailureBody? error = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("tables"u8))
            {
                table = ReadTables(ref reader, body);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                error = JsonSerializer.Deserialize(ref reader, LogsJson.Default.FailureBody);
            }
            else
            {
                reader.Skip();
            }
        }

        // What is cut off throws before the end is reached; so does anything behind it.
        return reader.Read() ? throw new JsonException() : (table, error);
    }

    private static LogsTable? ReadTables(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        LogsTable? first = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.StartObject)
        {
            var table = ReadTable(ref reader, body);
            first ??= table;
        }

        return reader.TokenType is JsonTokenType.EndArray ? first ?? LogsTable.Empty : throw new JsonException();
    }

    private static LogsTable ReadTable(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        Column[]? columns = null;
        List<int>? rows = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("columns"u8))
            {
                reader.Read();
                columns = JsonSerializer.Deserialize(ref reader, LogsJson.Default.ColumnArray);
            }
            else if (reader.ValueTextEquals("rows"u8))
            {
                rows = ReadRows(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return columns is null || rows is null || columns.Any(c => c?.Name is null || c.Type is null)
            ? throw new JsonException()
            : new LogsTable([.. columns.Select(c => new LogsTableColumn(c.Name!, c.Type!))], body, rows);
    }

    private static List<int> ReadRows(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        var rows = new List<int>();
        while (reader.Read() && reader.TokenType is JsonTokenType.StartArray)
        {
            rows.Add((int)reader.TokenStartIndex);
            reader.Skip();
        }

        return reader.TokenType is JsonTokenType.EndArray ? rows : throw new JsonException();
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException();
        }
    }
}
