using System.Text;
using System.Text.Json;
using Rekey.DuckDb.Files.Envelopes;

namespace Rekey.DuckDb.Files.Shapes;

/// <summary>The first rows of a JSON file: objects in lines, or in one array.</summary>
internal static class JsonHead
{
    private const int Bytes = 1 << 18;
    private const int MaxRows = 200;

    /// <summary>Returns the first rows. Rows that are no JSON objects are left out.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The gzip stream is damaged.</exception>
    public static IReadOnlyList<JsonElement> Rows(LogFile file)
    {
        var head = LogHead.Read(file, Bytes);
        return head.IsArray && file.Original is null ? Elements(head.Text) : Lines(head.Text, head.IsWhole);
    }

    private static List<JsonElement> Lines(ReadOnlySpan<byte> head, bool isWhole)
    {
        var (rows, envelope) = (new List<JsonElement>(), new Envelope());
        while (!head.IsEmpty && rows.Count < MaxRows)
        {
            var end = head.IndexOf((byte)'\n');
            if (end < 0 && !isWhole)
            {
                break;
            }

            var line = end < 0 ? head : head[..end];
            if (envelope.Open(Encoding.UTF8.GetString(line)) is { } payloads)
            {
                payloads.ToList().ForEach(p => Add(rows, Encoding.UTF8.GetBytes(p)));
            }
            else
            {
                Add(rows, line);
            }

            head = end < 0 ? [] : head[(end + 1)..];
        }

        return rows;
    }

    private static List<JsonElement> Elements(ReadOnlySpan<byte> head)
    {
        var rows = new List<JsonElement>();
        var reader = new Utf8JsonReader(head, isFinalBlock: false, default);
        try
        {
            reader.Read();
            while (rows.Count < MaxRows && reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip())
                {
                    break;
                }

                Add(rows, head[start..(int)reader.BytesConsumed]);
            }
        }
        catch (JsonException)
        {
            // The rows before the defect are enough.
        }

        return rows;
    }

    private static void Add(List<JsonElement> rows, ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            var row = JsonElement.ParseValue(ref reader);
            if (row.ValueKind is JsonValueKind.Object)
            {
                rows.Add(row);
            }
        }
        catch (JsonException)
        {
            // A bad line is counted when the file is read.
        }
    }
}
