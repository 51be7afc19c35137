using Rekey.Cli.Detections;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Spectre.Console;

namespace Rekey.Cli.Output;

/// <summary>Writes tables for people: the campaigns that were found, and their meaning.</summary>
internal static class TableOutput
{
    public static void Write(TextWriter output, bool isTerminal, SweepResult report)
    {
        var console = Consoles.Of(output, isTerminal);
        WriteVerdicts(console, report);
        var campaigns = report.Tallies.Campaigns;
        if (campaigns.Count > 0)
        {
            if (isTerminal)
            {
                WriteNarrowCampaigns(console, campaigns);
            }
            else
            {
                WriteCampaigns(console, campaigns);
            }
        }

        foreach (var damage in report.Damages)
        {
            console.WriteLine();
            WriteDamage(console, damage);
        }

        foreach (var quiet in report.Quiet)
        {
            console.WriteLine(PlainText.Of(quiet.InWords()));
        }

        WriteWarnings(console, report);
        WriteEnd(console, report);
    }

    private static void WriteVerdicts(IAnsiConsole console, SweepResult report)
    {
        var table = Plain("Verdicts").AddColumn("verdict").AddColumn(Right("tokens")).AddColumn(Right("accesses")).AddColumn("meaning");
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            var tally = report.Tallies.Of(verdict);
            var isJudged = report.IsJudged(verdict);
            var missing = verdict.JudgesKeys() && report.NotJudged.Count > 0;
            table.AddRow(
                Coloured(verdict, tally is null),
                isJudged ? $"{tally?.Tokens ?? 0:N0}" : "-",
                isJudged ? $"{tally?.Accesses ?? 0:N0}" : "-",
                !isJudged && report.Windows.Count == 0 ? "not judged: no trust windows were given"
                    : !isJudged ? "not judged: no trust window is of an issuer in the logs"
                    : missing ? $"{verdict.Meaning()} (not judged for {report.NotJudged.Count:N0} issuer(s))"
                    : verdict.Meaning()
            );
        }

        console.Write(table);
    }

    private static void WriteNarrowCampaigns(IAnsiConsole console, IReadOnlyList<Campaign> campaigns)
    {
        var table = Plain("Campaigns")
            .AddColumn("verdict")
            .AddColumn("issuer, kid, sample token")
            .AddColumn(Right("tokens"))
            .AddColumn(Right("subjects"))
            .AddColumn(Right("addresses"))
            .AddColumn(new TableColumn("first, last seen").NoWrap());
        foreach (var campaign in campaigns)
        {
            var tally = campaign.Tally;
            table.AddRow(
                Coloured(campaign.Verdict, isEmpty: false),
                Markup.Escape(
                    $"{PlainText.Of(campaign.Issuer)}\n{Short(campaign.Kid)}\n{PlainText.Of(tally.Samples[0].Token.Jti ?? "(no jti)")}"
                ),
                $"{tally.Tokens:N0}",
                $"{tally.Subjects:N0}",
                $"{tally.Addresses:N0}",
                $"{tally.FirstSeen.UtcDateTime:yyyy-MM-dd HH:mm}\n{tally.LastSeen.UtcDateTime:yyyy-MM-dd HH:mm}"
            );
        }

        console.Write(table);
    }

    private static void WriteCampaigns(IAnsiConsole console, IReadOnlyList<Campaign> campaigns)
    {
        var table = Plain("Campaigns")
            .AddColumn("verdict")
            .AddColumn("issuer")
            .AddColumn("kid")
            .AddColumn(Right("tokens"))
            .AddColumn(Right("accesses"))
            .AddColumn(Right("subjects"))
            .AddColumn(Right("addresses"))
            .AddColumn(Right("networks"))
            .AddColumn("first seen")
            .AddColumn("last seen")
            .AddColumn("sample token (jti)");
        foreach (var campaign in campaigns)
        {
            var tally = campaign.Tally;
            table.AddRow(
                Coloured(campaign.Verdict, isEmpty: false),
                Markup.Escape(PlainText.Of(campaign.Issuer)),
                Markup.Escape(Short(campaign.Kid)),
                $"{tally.Tokens:N0}",
                $"{tally.Accesses:N0}",
                $"{tally.Subjects:N0}",
                $"{tally.Addresses:N0}",
                $"{tally.Networks:N0}",
                $"{tally.FirstSeen.UtcDateTime:yyyy-MM-dd HH:mm}",
                $"{tally.LastSeen.UtcDateTime:yyyy-MM-dd HH:mm}",
                Markup.Escape(PlainText.Of(tally.Samples[0].Token.Jti ?? "(none)"))
            );
        }

        console.Write(table);
    }

    private static void WriteDamage(IAnsiConsole console, Damage damage)
    {
        console.MarkupLine(
            $"[red]Forged under kid {Markup.Escape(PlainText.Of(damage.Kid ?? "(none)"))} of "
                + $"{Markup.Escape(PlainText.Of(damage.Iss))}[/]"
        );
        console.MarkupLine(
            $"  {damage.Tokens:N0} tokens, {damage.Accesses:N0} accesses, {damage.Subjects:N0} subjects, from "
                + $"{damage.Addresses:N0} addresses"
        );
        console.MarkupLine(
            $"  first use {damage.FirstUse.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, last use "
                + $"{damage.LastUse.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {damage.DaysExposed:N0} day(s) exposed"
        );
    }

    private static void WriteWarnings(IAnsiConsole console, SweepResult report)
    {
        foreach (var words in report.Warnings)
        {
            console.MarkupLine($"[yellow]{Markup.Escape(PlainText.Of(words))}[/]");
        }

        foreach (var sample in report.Readings.SelectMany(r => r.Samples()))
        {
            console.WriteLine($"  {sample}");
        }
    }

    private static void WriteEnd(IAnsiConsole console, SweepResult report)
    {
        console.WriteLine();
        console.MarkupLine(
            report.Tallies.FoundForgery ? "[red]Forged tokens were found.[/] rekey sweep … --explain <jti> shows the log lines of one."
            : report.Tallies.Unsure is { Tokens: > 0 } unsure
                ? $"[yellow]{unsure.Tokens:N0} token(s) look forged, but may have been issued: see the gaps above. Complete the logs, and "
                    + "sweep again.[/]"
            : report.IsPartial ? "[yellow]No forged token was found in what could be read.[/]"
            : "[green]No forged token was found.[/]"
        );
    }

    private static Table Plain(string title) => new Table().Title(title).Border(TableBorder.Simple);

    private static TableColumn Right(string name) => new TableColumn(name).RightAligned().NoWrap();

    private static string Coloured(Verdict verdict, bool isEmpty) =>
        isEmpty ? verdict.Code()
        : verdict.IsForgery() ? $"[red]{verdict.Code()}[/]"
        : $"[yellow]{verdict.Code()}[/]";

    private static string Short(string kid) => PlainText.Of(kid.Length > 14 ? $"{kid[..13]}…" : kid);
}
