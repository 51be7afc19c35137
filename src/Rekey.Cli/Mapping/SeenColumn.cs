using System.Text.Json;
using Rekey.DuckDb.Files.Shapes;

namespace Rekey.Cli.Mapping;

/// <summary>A column of a log file, or the path of a nested one, with the values of its first rows.</summary>
internal sealed record SeenColumn(IReadOnlyList<string> Path, IReadOnlyList<JsonElement> Values)
{
    /// <summary>The column's name or path, for display.</summary>
    public string Name => string.Join('.', Path);

    /// <summary>Lists all columns of some rows, with nested objects flattened, in the order of first occurrence.</summary>
    public static IReadOnlyList<SeenColumn> Of(IEnumerable<JsonElement> rows)
    {
        var seen = new Dictionary<string, (List<string> Path, List<JsonElement> Values)>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            Walk(row, []);
        }

        return [.. seen.Values.Select(s => new SeenColumn(s.Path, s.Values))];

        void Walk(JsonElement value, List<string> path)
        {
            // Some exporters write nested JSON as text; a list in a text stays a value.
            if (JsonInText.TryParse(value, out var inner) && inner.ValueKind is JsonValueKind.Object)
            {
                value = inner;
            }

            if (value.ValueKind is JsonValueKind.Object)
            {
                foreach (var member in value.EnumerateObject())
                {
                    Walk(member.Value, [.. path, member.Name]);
                }
            }
            else if (path.Count > 0)
            {
                var key = string.Join('\0', path);
                if (!seen.TryGetValue(key, out var column))
                {
                    seen[key] = column = (path, []);
                }

                if (value.ValueKind is not JsonValueKind.Null)
                {
                    column.Values.Add(value);
                }
            }
        }
    }
}
