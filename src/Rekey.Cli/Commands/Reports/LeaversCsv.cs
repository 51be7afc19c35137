using System.Text;

namespace Rekey.Cli.Commands.Reports;

/// <summary>Writes the rows as CSV (RFC 4180), with a header, in UTF-8.</summary>
internal static class LeaversCsv
{
    public static void Write(Stream output, LeaversReport report)
    {
        using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        text.WriteLine(string.Join(',', LeaverColumns.All.Select(c => c.Name)));
        foreach (var row in report.Rows)
        {
            text.WriteLine(string.Join(',', LeaverColumns.All.Select(c => Field(LeaverColumns.Text(c.Value(row))))));
        }
    }

    /// <summary>A field in quotes where it needs them. A spreadsheet runs a text that begins like a formula, so an apostrophe goes
    /// before it.</summary>
    private static string Field(string text)
    {
        var safe = text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
