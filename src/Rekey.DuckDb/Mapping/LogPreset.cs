using System.Text.Json;
using Rekey.DuckDb.Files.Shapes;

namespace Rekey.DuckDb.Mapping;

/// <summary>The source of a known exporter.</summary>
/// <param name="Name">The name of its file, without extension.</param>
/// <param name="About">What a person must know to use it.</param>
/// <param name="View">The view that it fills.</param>
/// <param name="Recognise">The columns by which files of the exporter are recognised: they have all of them.</param>
/// <param name="Source">The source, as in a map.</param>
public sealed record LogPreset(string Name, string About, string View, IReadOnlyList<string> Recognise, JsonElement Source)
{
    /// <summary>Whether the rows of a file are of the exporter.</summary>
    public bool Fits(IReadOnlyList<JsonElement> rows)
    {
        var paths = JsonPaths.Of(rows);
        return Recognise.All(r => paths.Contains(JsonPaths.Key(r.Split('.'))));
    }
}
