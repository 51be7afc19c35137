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
        Write(Consoles.Of(output, isTerminal), isTerminal, report);
    }

    /// <param name="isNarrow">Whether lines have the width of a terminal: each campaign is then a block, so that no id is broken.</param>
    public static void Write(IAnsiConsole console, bool isNarrow, SweepResult report)
    {
        WriteVerdicts(console, report);
        var campaigns = report.Tallies.Campaigns;
        if (campaigns.Count > 0)
        {
            if (isNarrow)
            {
                WriteBlocks(console, campaigns);
            }
            else
            {
                WriteCampaigns(console, campaigns);
            }
        }

        foreach (var damage in report.Damages)
        {
            console.WriteLine();
            WriteDamage(console, damage, report.TrustEndedAt(damage.Iss, damage.Kid));
        }

        if (report.Damages is { Count: > 1 } damages)
        {
            console.WriteLine();
            console.WriteLine(
                $"Together: {damages.Sum(d => (long)d.Tokens):N0} forged tokens, {damages.Sum(d => d.Accesses):N0} accesses."
            );
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
        var table = Plain("Verdicts")
            .AddColumn(new TableColumn("verdict").NoWrap())
            .AddColumn(Right("tokens"))
            .AddColumn(Right("accesses"))
            .AddColumn("meaning");
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

    private static void WriteBlocks(IAnsiConsole console, IReadOnlyList<Campaign> campaigns)
    {
        console.WriteLine();
        console.WriteLine($"{campaigns.Count:N0} campaign(s), the worst first");
        foreach (var campaign in campaigns)
        {
            var tally = campaign.Tally;
            console.WriteLine();
            console.MarkupLine($"{Coloured(campaign.Verdict, isEmpty: false)}  {Markup.Escape(PlainText.Of(campaign.Issuer))}");
            console.WriteLine($"  kid     {PlainText.Of(campaign.Kid)}");
            console.WriteLine($"  sample  {PlainText.Of(tally.Samples[0].Token.Jti ?? "(no jti)")}");
            console.WriteLine(
                $"  {tally.Tokens:N0} tokens, {tally.Accesses:N0} accesses, {tally.Subjects:N0} subjects, {tally.Addresses:N0} addresses"
            );
            console.WriteLine($"  seen    {Time(tally.FirstSeen)} to {Time(tally.LastSeen)} UTC");
        }
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
            .AddColumn("first seen (UTC)")
            .AddColumn("last seen (UTC)")
            .AddColumn("sample token (jti)");
        foreach (var campaign in campaigns)
        {
            var tally = campaign.Tally;
            table.AddRow(
                Coloured(campaign.Verdict, isEmpty: false),
                Markup.Escape(PlainText.Of(campaign.Issuer)),
                Markup.Escape(PlainText.Of(campaign.Kid)),
                $"{tally.Tokens:N0}",
                $"{tally.Accesses:N0}",
                $"{tally.Subjects:N0}",
                $"{tally.Addresses:N0}",
                $"{tally.Networks:N0}",
                Time(tally.FirstSeen),
                Time(tally.LastSeen),
                Markup.Escape(PlainText.Of(tally.Samples[0].Token.Jti ?? "(none)"))
            );
        }

        console.Write(table);
    }

    private static void WriteDamage(IAnsiConsole console, Damage damage, DateTimeOffset? trustEndedAt)
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
        console.WriteLine(
            trustEndedAt > damage.LastUse
                ? $"  exposed from the first use until trust in the key ended, {Time(trustEndedAt.Value)} UTC"
                : "  exposed from the first use to the last"
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

    private static string Time(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm}";
}
