using System.Globalization;
using System.Text.Json;
using Rekey.Cli.Output;
using Rekey.Detections;
using Rekey.DuckDb.Files;

namespace Rekey.Cli.Mapping;

/// <summary>A mapping file to start from, guessed from the names and first values of columns. A person must read it before it is
/// used.</summary>
internal static class SuggestedMap
{
    /// <returns>The file's text, and what must be told about it.</returns>
    public static (string Json, IReadOnlyList<string> Doubts) Of(LogSample issuedRows, LogSample accessRows)
    {
        var (issued, access) = (SeenColumn.Of(issuedRows.Rows), SeenColumn.Of(accessRows.Rows));
        var doubts = new List<string>();
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, CliJson.Writer))
        {
            json.WriteStartObject();
            WriteView(json, LogViews.TokenIssuanceName, LogViews.TokenIssuance, issued, doubts);
            WriteView(json, LogViews.GatewayAccessName, LogViews.GatewayAccess, access, doubts);
            WriteDelimiter(json, [issuedRows, accessRows], doubts);
            json.WriteEndObject();
        }

        return (System.Text.Encoding.UTF8.GetString(text.ToArray()), doubts);
    }

    private static void WriteView(
        Utf8JsonWriter json,
        string view,
        IReadOnlyList<ViewColumn> columns,
        IReadOnlyList<SeenColumn> seen,
        List<string> doubts
    )
    {
        json.WriteStartObject(view);
        foreach (var column in columns)
        {
            json.WritePropertyName(column.Name);
            if (ColumnNames.Find(column.Name, seen) is { } found)
            {
                WriteSource(json, found, FormOf(column, found));
            }
            else if (column.IsRequired)
            {
                // A name that is not there: the sweep says so instead of judging without it.
                json.WriteStringValue("?");
                doubts.Add(
                    $"{view}.{column.Name} must be there, and no column is called like it. Columns: "
                        + $"{string.Join(", ", seen.Select(s => s.Name))}. Put the right one in, or {{\"constant\": \"…\"}}."
                );
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndObject();
        if (ColumnNames.Find("Jti", seen) is null && columns.Any(c => c.Name == "Jti"))
        {
            doubts.Add($"{view}.Jti was not found: without it no token can be told to be issued or not.");
        }
    }

    private static void WriteDelimiter(Utf8JsonWriter json, LogSample[] samples, List<string> doubts)
    {
        var delimiters = samples.Select(s => s.Delimiter).OfType<string>().Distinct().ToList();
        if (delimiters.Count > 1)
        {
            doubts.Add(
                $"The CSV files of the two streams are separated differently ({string.Join(" and ", delimiters)}), and a "
                    + "mapping has one separator only."
            );
        }
        else if (delimiters is [not ","])
        {
            json.WriteStartObject("csv");
            json.WriteString("delimiter", delimiters[0]);
            json.WriteEndObject();
        }
    }

    private static void WriteSource(Utf8JsonWriter json, SeenColumn found, string? form)
    {
        if (form is null)
        {
            WritePath(json, found);
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName("from");
        WritePath(json, found);
        json.WriteString("form", form);
        json.WriteEndObject();
    }

    private static void WritePath(Utf8JsonWriter json, SeenColumn found)
    {
        if (!found.Path.Any(p => p.Contains('.', StringComparison.Ordinal)))
        {
            json.WriteStringValue(found.Name);
            return;
        }

        json.WriteStartArray();
        foreach (var part in found.Path)
        {
            json.WriteStringValue(part);
        }

        json.WriteEndArray();
    }

    private static string? FormOf(ViewColumn column, SeenColumn found)
    {
        if (column.Type == ColumnType.Time && found.Values.Count > 0 && found.Values.All(v => Number(v) is not null))
        {
            // Seconds since 1970 reach 10^11 in the year 5138.
            return Number(found.Values[0]) < 1e11 ? "epoch-seconds" : "epoch-milliseconds";
        }

        var isJsonText =
            column.Name == "Aud" && found.Values.Any(v => v.ValueKind is JsonValueKind.String && v.GetString()!.StartsWith('['));
        return isJsonText ? "json" : null;
    }

    private static double? Number(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String
                when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };
}
