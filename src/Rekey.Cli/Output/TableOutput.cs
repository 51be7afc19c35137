using Rekey.Cli.Detections;
using Rekey.Cli.Detections.Words;
using Rekey.Detections;
using Rekey.Detections.Samples;
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
            console.WriteLine(quiet.InWords());
        }

        WriteDoubts(console, report);
        WriteEnd(console, report);
    }

    private static void WriteVerdicts(IAnsiConsole console, SweepResult report)
    {
        var table = Plain("Verdicts").AddColumn("verdict").AddColumn(Right("tokens")).AddColumn(Right("accesses")).AddColumn("meaning");
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            var tally = report.Tallies.Of(verdict);
            var isJudged = report.Windows.Count > 0 || verdict is not (Verdict.RetiredKey or Verdict.VerifierLag);
            table.AddRow(
                Coloured(verdict, tally is null),
                isJudged ? $"{tally?.Tokens ?? 0:N0}" : "-",
                isJudged ? $"{tally?.Accesses ?? 0:N0}" : "-",
                isJudged ? verdict.Meaning() : "not judged: no trust windows were given"
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
                    $"{Consoles.Plain(campaign.Issuer)}\n{Short(campaign.Kid)}\n{Consoles.Plain(tally.Samples[0].Token.Jti ?? "(no jti)")}"
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
                Markup.Escape(Consoles.Plain(campaign.Issuer)),
                Markup.Escape(Short(campaign.Kid)),
                $"{tally.Tokens:N0}",
                $"{tally.Accesses:N0}",
                $"{tally.Subjects:N0}",
                $"{tally.Addresses:N0}",
                $"{tally.Networks:N0}",
                $"{tally.FirstSeen.UtcDateTime:yyyy-MM-dd HH:mm}",
                $"{tally.LastSeen.UtcDateTime:yyyy-MM-dd HH:mm}",
                Markup.Escape(Consoles.Plain(tally.Samples[0].Token.Jti ?? "(none)"))
            );
        }

        console.Write(table);
    }

    private static void WriteDamage(IAnsiConsole console, Damage damage)
    {
        console.MarkupLine(
            $"[red]Forged under kid {Markup.Escape(Consoles.Plain(damage.Kid ?? "(none)"))} of "
                + $"{Markup.Escape(Consoles.Plain(damage.Iss))}[/]"
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

    private static void WriteDoubts(IAnsiConsole console, SweepResult report)
    {
        foreach (var reading in report.Readings)
        {
            foreach (var words in reading.InWords())
            {
                console.MarkupLine($"[yellow]{Markup.Escape(Consoles.Plain(words))}[/]");
            }

            foreach (var sample in reading.Samples())
            {
                console.WriteLine($"  {sample}");
            }
        }

        foreach (var gap in report.Gaps)
        {
            console.MarkupLine(
                $"[yellow]{Markup.Escape(Consoles.Plain(gap.InWords()))}[/] Unissued tokens of that time may have been issued."
            );
        }

        if (
            report.Accesses > 0
            && report.Tallies.Of(Verdict.Unidentified) is { } unidentified
            && unidentified.Accesses > report.Accesses / 2
        )
        {
            console.MarkupLine(
                "[yellow]More than half of all accesses have no jti.[/] If your logs have it under another name, map it: rekey sweep "
                    + "--suggest-map lists the columns."
            );
        }

        if (report.Accesses > 0 && report.Tallies.Of(Verdict.Unissued) is { } unissued && unissued.Accesses > report.Accesses / 2)
        {
            console.MarkupLine(
                "[yellow]More than half of all accesses are unissued.[/] Before you rotate keys, check that both folders cover "
                    + "the same days and issuers, and that iss and jti are the same columns on both sides: "
                    + "rekey sweep --suggest-map lists the columns."
            );
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

    private static string Short(string kid) => Consoles.Plain(kid.Length > 14 ? $"{kid[..13]}…" : kid);
}
