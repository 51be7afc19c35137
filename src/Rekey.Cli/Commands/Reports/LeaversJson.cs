using System.Text.Json;
using Rekey.Cli.Output;

namespace Rekey.Cli.Commands.Reports;

/// <summary>Writes the report as one JSON document. Times are UTC, durations are whole seconds.</summary>
internal static class LeaversJson
{
    public static void Write(Stream output, LeaversReport report)
    {
        using var json = new Utf8JsonWriter(output, CliJson.Writer);
        json.WriteStartObject();
        json.WriteString("tool", $"rekey {ToolVersion.Text}");
        json.WriteString("from", $"{report.From:yyyy-MM-dd}");
        json.WriteString("to", $"{report.To:yyyy-MM-dd}");
        json.WriteNumber("departures", report.Departures.Count);
        json.WriteStartObject("ledger");
        json.WriteBoolean("isGood", report.Ledger.IsGood);
        json.WriteNumber("lines", report.Ledger.Lines);
        json.WriteString("hash", report.Ledger.Hash);
        json.WriteNumber("provenLines", report.Ledger.ProvenLines);
        json.WriteString("keyThumbprint", report.Thumbprint);
        json.WriteString("proof", report.Proof);
        json.WriteEndObject();
        json.WriteStartArray("rows");
        foreach (var row in report.Rows)
        {
            json.WriteStartObject();
            foreach (var (name, value) in LeaverColumns.All.Select(c => (c.Name, c.Value(row))))
            {
                switch (value)
                {
                    case null:
                        json.WriteNull(name);
                        break;
                    case bool yes:
                        json.WriteBoolean(name, yes);
                        break;
                    case TimeSpan time:
                        json.WriteNumber(name, (long)time.TotalSeconds);
                        break;
                    default:
                        json.WriteString(name, LeaverColumns.Text(value));
                        break;
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
