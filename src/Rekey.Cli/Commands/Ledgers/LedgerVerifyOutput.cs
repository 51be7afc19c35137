using System.Text.Json;
using Rekey.Cli.Output;
using Rekey.Compliance.Exports;
using Spectre.Console;

namespace Rekey.Cli.Commands.Ledgers;

/// <summary>Writes the result of <c>rekey ledger verify</c>.</summary>
internal static class LedgerVerifyOutput
{
    public static void Write(OutputFile target, RecordFormat format, ExportResult result, string thumbprint)
    {
        if (format is RecordFormat.Table)
        {
            using var text = new StreamWriter(target.Stream, leaveOpen: true);
            WriteText(Consoles.Of(text, target.IsTerminal), result, thumbprint);
            return;
        }

        if (format is RecordFormat.Ndjson)
        {
            foreach (var defect in result.Defects)
            {
                WriteLine(target.Stream, json => WriteDefect(json, defect));
            }

            WriteLine(target.Stream, json => WriteResult(json, result, thumbprint));
            return;
        }

        using var whole = new Utf8JsonWriter(target.Stream, CliJson.Writer);
        whole.WriteStartObject();
        WriteResult(whole, result, thumbprint);
        whole.WriteStartArray("defects");
        foreach (var defect in result.Defects)
        {
            whole.WriteStartObject();
            WriteDefect(whole, defect);
            whole.WriteEndObject();
        }

        whole.WriteEndArray();
        whole.WriteEndObject();
    }

    internal static void WriteText(IAnsiConsole console, ExportResult result, string thumbprint)
    {
        Fact(console, "lines", $"{result.Lines:N0} in {result.Segments:N0} file(s)");
        Fact(console, "last line", result.LastAt is { } last ? $"{last.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "none");
        Fact(console, "hash", result.Hash);
        Fact(console, "key", thumbprint);
        Fact(console, "checkpoints", $"{result.Checkpoints:N0}{(result.Environment is { } of ? $" of environment {of}" : "")}");
        Fact(
            console,
            "proven",
            result.ProvenAt is { } at ? $"lines 1 to {result.ProvenLines:N0}, signed {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "no line"
        );
        foreach (var accepted in result.Acceptances)
        {
            Fact(
                console,
                "accepted",
                $"at line {accepted.Lines:N0}, {accepted.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, decision {accepted.Decision}: "
                    + "what the missing lines said is lost"
            );
        }

        console.WriteLine();
        foreach (var defect in result.Defects)
        {
            var place = defect.Line is { } line ? $"{defect.File}:{line}" : defect.File;
            console.MarkupLine($"[red]{Markup.Escape(PlainText.Of(place))}[/]");
            console.MarkupLine($"  {Markup.Escape(PlainText.Of(defect.Wrong))}");
            console.MarkupLine($"  {Markup.Escape(PlainText.Of(defect.Remedy))}");
        }

        console.MarkupLine(
            !result.IsGood ? $"[red]The ledger does not hold: {result.Defects.Count:N0} defect(s), the first bad line first.[/]"
            : result.Lines == result.ProvenLines ? "[green]The ledger holds.[/]"
            : $"[green]The ledger holds.[/] Lines {result.ProvenLines + 1:N0} to {result.Lines:N0} are chained, but no checkpoint is "
                + "signed for them yet."
        );
    }

    private static void Fact(IAnsiConsole console, string name, string value) => console.WriteLine($"{name, -12} {PlainText.Of(value)}");

    private static void WriteLine(Stream output, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(output, CliJson.LineWriter))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static void WriteDefect(Utf8JsonWriter json, ExportDefect defect)
    {
        json.WriteString("type", "defect");
        json.WriteString("file", defect.File);
        if (defect.Line is { } line)
        {
            json.WriteNumber("line", line);
        }

        json.WriteString("wrong", defect.Wrong);
        json.WriteString("remedy", defect.Remedy);
    }

    private static void WriteResult(Utf8JsonWriter json, ExportResult result, string thumbprint)
    {
        json.WriteString("type", "result");
        json.WriteString("tool", $"rekey {ToolVersion.Text}");
        json.WriteBoolean("isGood", result.IsGood);
        json.WriteNumber("segments", result.Segments);
        json.WriteNumber("lines", result.Lines);
        json.WriteString("hash", result.Hash);
        json.WriteString("keyThumbprint", thumbprint);
        json.WriteNumber("checkpoints", result.Checkpoints);
        json.WriteNumber("provenLines", result.ProvenLines);
        if (result.ProvenAt is { } at)
        {
            json.WriteString("provenAt", at.UtcDateTime);
            json.WriteString("environment", result.Environment);
        }

        if (result.LastAt is { } last)
        {
            json.WriteString("lastAt", last.UtcDateTime);
        }

        json.WriteStartArray("acceptances");
        foreach (var accepted in result.Acceptances)
        {
            json.WriteStartObject();
            json.WriteNumber("lines", accepted.Lines);
            json.WriteString("hash", accepted.Hash);
            json.WriteString("at", accepted.At.UtcDateTime);
            json.WriteString("decision", accepted.Decision);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
