using System.Text.Json;

namespace Rekey.DuckDb.Mapping;

/// <summary>The source of a known exporter.</summary>
/// <param name="Name">The name of its file, without extension.</param>
/// <param name="View">The view that it fills.</param>
/// <param name="Recognise">The columns by which files of the exporter are recognised: they have all of them.</param>
/// <param name="Source">The source, as in a map.</param>
public sealed record LogPreset(string Name, string View, IReadOnlyList<string> Recognise, JsonElement Source);
