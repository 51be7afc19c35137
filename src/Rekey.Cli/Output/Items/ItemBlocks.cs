using System.Text.Json.Nodes;
using Spectre.Console;

namespace Rekey.Cli.Output.Items;

/// <summary>Writes items as blocks of facts, one a line. Lines break between words only, so that every id can be copied.</summary>
internal static class ItemBlocks
{
    private const int Gap = 2;
    private const int Deeper = 2;

    /// <summary>Writes every member of an object.</summary>
    public static void WriteAll(IAnsiConsole console, JsonObject item, int indent = 0)
    {
        var width = WidthOf(item.Where(m => !HasObjects(m.Value)).Select(m => ItemText.Words(m.Key)));
        foreach (var (key, value) in item)
        {
            var name = ItemText.Words(key);
            switch (value)
            {
                case JsonObject { Count: > 0 } one:
                    WriteHeading(console, name, indent);
                    WriteAll(console, one, indent + Deeper);
                    break;
                case JsonArray many when HasObjects(many):
                    for (var n = 0; n < many.Count; n++)
                    {
                        WriteHeading(console, $"{name} ({n + 1} of {many.Count})", indent);
                        if (many[n] is JsonObject part)
                        {
                            WriteAll(console, part, indent + Deeper);
                        }
                    }

                    break;
                default:
                    WriteFact(console, name, ItemText.Of(value), width, indent);
                    break;
            }
        }
    }

    /// <summary>Writes facts below a heading.</summary>
    public static void WriteFacts(IAnsiConsole console, string heading, IReadOnlyList<(string Name, string Text)> facts)
    {
        WriteHeading(console, heading, indent: 0);
        var width = WidthOf(facts.Select(f => f.Name));
        foreach (var (name, text) in facts)
        {
            WriteFact(console, name, text, width, Deeper);
        }
    }

    private static void WriteHeading(IAnsiConsole console, string text, int indent) =>
        console.MarkupLine($"{new string(' ', indent)}[bold]{Markup.Escape(PlainText.Of(text))}[/]");

    private static void WriteFact(IAnsiConsole console, string name, string text, int width, int indent)
    {
        var plain = PlainText.Of(text);
        var start = $"{new string(' ', indent)}{PlainText.Of(name).PadRight(width)}{new string(' ', Gap)}";
        var room = console.Profile.Width - start.Length;
        if (plain.Split(' ').Max(w => w.Length) > room)
        {
            // An id that does not fit beside its name.
            console.WriteLine(start.TrimEnd());
            start = new(' ', indent + Deeper);
            room = console.Profile.Width - start.Length;
        }

        foreach (var line in Lines(plain, room))
        {
            console.MarkupLine($"{Markup.Escape(start)}{ItemText.Markup(line)}");
            start = new(' ', start.Length);
        }
    }

    private static IEnumerable<string> Lines(string text, int room)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > room)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }

    private static int WidthOf(IEnumerable<string> names) => names.Select(n => n.Length).DefaultIfEmpty(0).Max();

    private static bool HasObjects(JsonNode? value) =>
        value is JsonObject { Count: > 0 } || (value is JsonArray many && many.Any(m => m is JsonObject));
}
