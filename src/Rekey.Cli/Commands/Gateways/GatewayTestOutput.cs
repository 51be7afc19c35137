using System.Text.Json;
using Rekey.Cli.Gateways;
using Rekey.Cli.Output;
using Spectre.Console;

namespace Rekey.Cli.Commands.Gateways;

/// <summary>Writes what a gateway did with each case.</summary>
internal static class GatewayTestOutput
{
    private const int WidthOfPipes = 8_000;

    public static void WriteTable(TextWriter output, bool isTerminal, Uri gateway, IReadOnlyList<CaseResult> results)
    {
        var console = Consoles.Of(output, isTerminal);
        if (!isTerminal)
        {
            // One case a line, without wrapping, so that grep works.
            console.Profile.Width = WidthOfPipes;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("case", "", "what was sent", "what the gateway did");
        foreach (var result in results)
        {
            table.AddRow(Plain(result.Name), Words(result.State), Plain(result.What), Plain(result.Says));
        }

        console.Write(table);
        console.MarkupLine(Plain(Sentence(gateway, results)));
    }

    public static void WriteJson(Stream output, Uri gateway, IReadOnlyList<CaseResult> results)
    {
        using var json = new Utf8JsonWriter(output, CliJson.Writer);
        json.WriteStartObject();
        json.WriteString("tool", $"rekey {ToolVersion.Text}");
        json.WriteString("gateway", gateway.AbsoluteUri);
        json.WriteBoolean("isOk", IsOk(results));
        json.WriteStartArray("cases");
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Name);
            json.WriteString("what", result.What);
            json.WriteString("state", JsonNamingPolicy.CamelCase.ConvertName(result.State.ToString()));
            json.WriteString("says", result.Says);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static bool IsOk(IReadOnlyList<CaseResult> results) => results.All(r => r.State is CaseState.Ok);

    /// <summary>The result in one sentence.</summary>
    public static string Sentence(Uri gateway, IReadOnlyList<CaseResult> results)
    {
        int Count(CaseState state) => results.Count(r => r.State == state);
        return IsOk(results)
            ? $"{gateway} refuses all of it, and tells no reason: {results.Count} cases."
            : $"{gateway}: {results.Count} cases, {Count(CaseState.LetIn)} let in, {Count(CaseState.Tells)} that tell too much, "
                + $"{Count(CaseState.Failed)} failed, {Count(CaseState.NotTried)} not tried.";
    }

    private static string Words(CaseState state) =>
        state switch
        {
            CaseState.Ok => "[green]ok[/]",
            CaseState.LetIn => "[red]LET IN[/]",
            CaseState.Tells => "[red]tells[/]",
            CaseState.Failed => "[red]failed[/]",
            _ => "[yellow]not tried[/]",
        };

    private static string Plain(string text) => Markup.Escape(PlainText.Of(text));
}
