using System.Text;
using System.Xml;
using System.Xml.Linq;
using Rekey.Cli.Output;

namespace Rekey.Cli.Commands.Reports;

/// <summary>Writes the report as one HTML page without scripts or links, which prints on A4.</summary>
internal static class LeaversHtml
{
    private const string Style = """
        body { font: 10pt/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 62em; color: #111; }
        h1 { font-size: 16pt; } h2 { font-size: 11pt; margin: 1.6em 0 .3em; }
        table { border-collapse: collapse; width: 100%; }
        th, td { border: 1px solid #bbb; padding: .25em .5em; text-align: left; vertical-align: top; }
        th { background: #eee; } td, dd { overflow-wrap: anywhere; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .1em 1em; }
        dt { font-weight: 600; } dd { margin: 0; } .bad { border: 2px solid #b00; padding: .5em; font-weight: 600; }
        @page { size: A4; margin: 15mm; } @media print { body { margin: 0; max-width: none; } section { break-inside: avoid; } }
        """;

    public static void Write(Stream output, LeaversReport report)
    {
        var page = new XElement(
            "html",
            new XAttribute("lang", "en"),
            new XElement(
                "head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("title", $"Leavers {report.From:yyyy-MM-dd} to {report.To:yyyy-MM-dd}"),
                new XElement("style", Style)
            ),
            new XElement(
                "body",
                new XElement("h1", $"Leavers from {report.From:yyyy-MM-dd} to {report.To:yyyy-MM-dd}"),
                new XElement("p", new XAttribute("class", report.Ledger.IsGood ? "good" : "bad"), PlainText.Of(report.Proof)),
                Summary(report),
                report.Departures.Select(d => Section([.. LeaverRow.Of(d)])),
                new XElement("p", "Times are UTC. People are named by their object id in Entra ID."),
                new XElement(
                    "p",
                    "To verify this report, run the command again on the exported ledger, with the same key: "
                        + $"rekey report leavers <folder> --key <file.pem> --thumbprint {report.Thumbprint} "
                        + $"--from {report.From:yyyy-MM-dd} --to {report.To:yyyy-MM-dd}"
                )
            )
        );
        var settings = new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            Encoding = new UTF8Encoding(false),
            CloseOutput = false,
            ConformanceLevel = ConformanceLevel.Fragment,
        };
        using var writer = XmlWriter.Create(output, settings);
        writer.WriteRaw("<!DOCTYPE html>\n");
        page.WriteTo(writer);
        writer.WriteRaw("\n");
    }

    private static XElement Summary(LeaversReport report)
    {
        var rows = report.Rows;
        var keys = rows.Where(r => r.Key is not null).ToList();
        return Facts(
            ("Departures", $"{report.Departures.Count:N0}"),
            (
                "Exposed keys",
                keys.Count == 0
                    ? "none"
                    : string.Join(
                        ", ",
                        keys.GroupBy(r => r.Outcome).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count():N0} {g.Key}")
                    )
            ),
            ("Longest time to contain", Span(rows.Max(r => r.TimeToContain))),
            ("Longest time to worthless", Span(rows.Max(r => r.TimeToWorthless))),
            ("Ledger", $"{report.Ledger.Lines:N0} lines, SHA-256 of the last one {report.Ledger.Hash}"),
            ("Key of checkpoints", report.Thumbprint)
        );
    }

    private static XElement Section(IReadOnlyList<LeaverRow> rows)
    {
        var one = rows[0];
        return new(
            "section",
            new XElement("h2", $"{one.Person}{(one.Hostile ? " (hostile)" : "")}"),
            Facts(
                ("Noticed", $"{Time(one.NoticedAt)}, by {one.NoticedBy}"),
                ("Confirmed by the directory", one.ConfirmedAt is { } at ? Time(at) : "no: it was only reported"),
                ("Departure", one.Departure)
            ),
            new XElement(
                "table",
                Row("th", "Key", "Outcome", "Decided by", "Why", "Contained", "Worthless"),
                rows.Select(r =>
                    Row(
                        "td",
                        r.Key ?? "none",
                        r.Outcome + (r.OutcomeAt is { } at ? $", {Time(at)}" : ""),
                        r.DecidedBy ?? "–",
                        r.Why,
                        Moment(r.ContainedAt, r.TimeToContain),
                        Moment(r.WorthlessAt, r.TimeToWorthless)
                    )
                )
            )
        );
    }

    private static XElement Facts(params ReadOnlySpan<(string Name, string Value)> facts)
    {
        var list = new XElement("dl");
        foreach (var (name, value) in facts)
        {
            list.Add(new XElement("dt", name), new XElement("dd", PlainText.Of(value)));
        }

        return list;
    }

    private static XElement Row(string cell, params string[] values) => new("tr", values.Select(v => new XElement(cell, PlainText.Of(v))));

    private static string Moment(DateTimeOffset? at, TimeSpan? after) =>
        at is { } time ? $"{Time(time)}, {Span(after)} after the notice" : "–";

    private static string Time(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}";

    private static string Span(TimeSpan? time) =>
        time switch
        {
            null => "–",
            { TotalSeconds: < 120 } => $"{time.Value.TotalSeconds:N0} s",
            { TotalMinutes: < 120 } => $"{time.Value.TotalMinutes:N0} min",
            { TotalHours: < 48 } => $"{time.Value.TotalHours:N0} h",
            _ => $"{time.Value.TotalDays:N0} days",
        };
}
