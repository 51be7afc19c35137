using System.Text.Json.Nodes;
using Spectre.Console;

namespace Rekey.Cli.Output.Items;

/// <summary>Writes a list for people: as a table where it fits the width, else as blocks. Columns that no item has are left out.</summary>
internal static class ItemTable
{
    /// <summary>The cells and lines between two columns of the table.</summary>
    private const int Between = 3;

    /// <param name="columns">The first one is the id.</param>
    public static void Write(IAnsiConsole console, IReadOnlyList<ItemColumn> columns, JsonArray items)
    {
        var objects = items.OfType<JsonObject>().ToList();
        var used = columns.Where(c => objects.Any(o => c.Of(o) is not null)).ToList();
        var rows = objects.Select(o => used.Select(c => PlainText.Of(ItemText.Of(c.Of(o)))).ToArray()).ToList();
        if (rows.Count == 0)
        {
            return;
        }

        var width = used.Select((c, n) => rows.Select(r => r[n].Length).Append(c.Header.Length).Max()).Sum(w => w + Between);
        if (width > console.Profile.Width)
        {
            foreach (var row in rows)
            {
                ItemBlocks.WriteFacts(console, row[0], [.. used.Select((c, n) => (c.Header, row[n])).Skip(1)]);
                console.WriteLine();
            }

            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in used)
        {
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(column.Header)}[/]").NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(ItemText.Markup)]);
        }

        console.Write(table);
    }
}
