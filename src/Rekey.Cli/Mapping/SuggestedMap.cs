using System.Globalization;
using System.Text.Json;
using Rekey.Cli.Output;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;

namespace Rekey.Cli.Mapping;

/// <summary>A draft mapping file, guessed from the names and first values of columns. A person must check it before use.</summary>
internal static class SuggestedMap
{
    /// <returns>The file's text, and warnings about it.</returns>
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
        foreach (var column in columns.Where(c => !c.IsDerived))
        {
            json.WritePropertyName(column.Name);
            if (ColumnNames.Find(column.Name, seen) is { } found)
            {
                WriteSource(json, found, FormOf(column, found));
            }
            else if (column.IsRequired)
            {
                // No column has this name, so that the sweep fails instead of judging without it.
                json.WriteStringValue("?");
                doubts.Add(
                    $"{view}.{column.Name} must be there, but no column has a similar name. Columns: "
                        + $"{string.Join(", ", seen.Select(s => s.Name))}. Enter the right one, or {{\"constant\": \"…\"}}."
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
            doubts.Add($"{view}.Jti was not found: without it, no token can be matched to an issuance. Enter the column that holds it.");
        }
    }

    private static void WriteDelimiter(Utf8JsonWriter json, LogSample[] samples, List<string> doubts)
    {
        var delimiters = samples.Select(s => s.Delimiter).OfType<string>().Distinct().ToList();
        if (delimiters.Count > 1)
        {
            doubts.Add(
                $"The CSV files of the two streams use different delimiters ({string.Join(" and ", delimiters)}), but a "
                    + "mapping has only one. Convert one of the streams."
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

    /// <summary>The unit of numbers. Numbers of several units are left to the reader, which looks at the size of each.</summary>
    private static string? FormOf(ViewColumn column, SeenColumn found) =>
        column.Type == ColumnType.Time
        && found.Values.Select(Number).Select(n => n is { } number ? EpochUnits.FormOf(number) : null).Distinct().ToList() is [var form]
            ? form
            : null;

    private static double? Number(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String
                when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };
}
