using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Cli.Output.Items;

/// <summary>Writes what the server sent.</summary>
internal static class ItemJson
{
    /// <summary>One document.</summary>
    public static void Write(Stream output, JsonNode? whole) => Write(output, whole, CliJson.Writer);

    /// <summary>One item a line.</summary>
    public static void WriteLines(Stream output, IEnumerable<JsonNode?> items)
    {
        foreach (var item in items)
        {
            Write(output, item, CliJson.LineWriter);
        }
    }

    private static void Write(Stream output, JsonNode? node, JsonWriterOptions options)
    {
        using (var json = new Utf8JsonWriter(output, options))
        {
            if (node is null)
            {
                json.WriteNullValue();
            }
            else
            {
                node.WriteTo(json);
            }
        }

        output.WriteByte((byte)'\n');
    }
}
