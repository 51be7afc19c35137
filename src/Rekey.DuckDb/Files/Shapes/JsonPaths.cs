using System.Text.Json;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Files.Shapes;

/// <summary>The paths of all values in some rows: into objects, into the first elements of lists, and into JSON as text.</summary>
internal static class JsonPaths
{
    private const int Elements = 8;

    /// <summary>Returns the paths, as <see cref="Key"/> writes them.</summary>
    public static HashSet<string> Of(IEnumerable<JsonElement> rows)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            try
            {
                Walk(row, "", paths);
            }
            catch (InvalidOperationException)
            {
                // A name with a lone surrogate is no text: the other rows show the columns.
            }
        }

        return paths;
    }

    /// <summary>A path as one text; a step that chooses an element of a list stands for any.</summary>
    public static string Key(IEnumerable<string> path) =>
        string.Join('\0', path.Select(p => ElementPath.Parse(p) is null ? p : ElementPath.Any));

    private static void Walk(JsonElement value, string path, HashSet<string> paths)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Add(member.Name, member.Value);
                }

                break;
            case JsonValueKind.Array:
                for (var i = 0; i < Math.Min(Elements, value.GetArrayLength()); i++)
                {
                    Add($"{i}", value[i]);
                    Add(ElementPath.Any, value[i]);
                }

                break;
            case JsonValueKind.String when JsonInText.TryParse(value, out var inner):
                Walk(inner, path, paths);
                break;
        }

        void Add(string name, JsonElement member)
        {
            var inner = path.Length == 0 ? name : $"{path}\0{name}";
            paths.Add(inner);
            Walk(member, inner, paths);
        }
    }
}
