using Rekey.Cli.Detections.Words;
using Rekey.DuckDb.Files;
using Spectre.Console;

namespace Rekey.Cli.Output;

/// <summary>Writes the log lines of one token, and the reasons for its verdicts.</summary>
internal static class ExplainOutput
{
    private const int RowsShown = 20;

    public static void Write(TextWriter output, bool isTerminal, Explanation explanation, TokenHistory story)
    {
        var console = Consoles.Of(output, isTerminal);
        console.MarkupLine($"jti [bold]{Markup.Escape(PlainText.Of(explanation.Jti))}[/]");
        WriteSide(console, "issued", story.Issuances);
        WriteSide(console, "accepted", story.Accesses);
        console.WriteLine();
        foreach (var (verdict, because) in explanation.Reasons())
        {
            console.MarkupLine(
                verdict is null
                    ? $"[green]no verdict[/]: {Markup.Escape(PlainText.Of(because))}"
                    : $"[red]{verdict}[/]: {Markup.Escape(PlainText.Of(because))}"
            );
        }
    }

    private static void WriteSide(IAnsiConsole console, string side, IReadOnlyList<LogRow> rows)
    {
        console.WriteLine();
        console.WriteLine(
            rows.Count switch
            {
                0 => $"{side}: no line",
                1 => $"{side}: 1 line",
                _ => $"{side}: {rows.Count:N0} lines",
            }
        );
        foreach (var row in rows.Take(RowsShown))
        {
            console.WriteLine($"  {PlainText.Of(Path.GetFileName(row.File))}");
            foreach (var (name, value) in row.Columns)
            {
                console.WriteLine($"    {name, -18} {PlainText.Of(value)}");
            }
        }

        if (rows.Count > RowsShown)
        {
            console.WriteLine($"  … and {rows.Count - RowsShown:N0} more");
        }
    }
}
