using System.Text.Json;

namespace Rekey.AspNetCore.AccessLogs.Rows;

/// <summary>A row of the access log. Its columns are texts, times, numbers and truth values; a column without a value is left
/// out.</summary>
public abstract class GatewayRow
{
    /// <summary>The stream that it belongs to: <c>GatewayAccess</c>, <c>GatewayRefusal</c> or <c>GatewayGap</c>.</summary>
    public abstract string Stream { get; }

    /// <summary>The time of the row.</summary>
    public DateTimeOffset TimeGenerated { get; init; }

    /// <summary>The name of the gateway.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>All columns in the order of the view, with null where there is no value.</summary>
    public abstract IReadOnlyList<KeyValuePair<string, object?>> Columns { get; }

    /// <summary>Writes the row as a JSON object.</summary>
    /// <param name="more">A column in front of the others; null for none.</param>
    public void WriteTo(Utf8JsonWriter json, KeyValuePair<string, object?>? more = null)
    {
        json.WriteStartObject();
        foreach (var (name, value) in more is { } first ? Columns.Prepend(first) : Columns)
        {
            switch (value)
            {
                case string text:
                    json.WriteString(name, text);
                    break;
                case DateTimeOffset time:
                    json.WriteString(name, time.UtcDateTime);
                    break;
                case bool truth:
                    json.WriteBoolean(name, truth);
                    break;
                case long number:
                    json.WriteNumber(name, number);
                    break;
            }
        }

        json.WriteEndObject();
    }
}
