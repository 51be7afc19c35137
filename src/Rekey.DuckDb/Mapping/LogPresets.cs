using System.Reflection;
using System.Text.Json;
using Rekey.Core;
using Rekey.Detections;

namespace Rekey.DuckDb.Mapping;

/// <summary>The presets of known exporters: the built-in ones, and those of a folder, which win.</summary>
public sealed class LogPresets
{
    private const string Prefix = "Rekey.DuckDb.Mapping.Presets.";

    private LogPresets(IEnumerable<LogPreset> all) => All = [.. all.OrderBy(p => p.Name, StringComparer.Ordinal)];

    /// <summary>The built-in presets.</summary>
    public static LogPresets BuiltIn { get; } = new(Embedded());

    /// <summary>The presets, by name.</summary>
    public IReadOnlyList<LogPreset> All { get; }

    /// <summary>Reads the presets of a folder, in addition to the built-in ones.</summary>
    /// <exception cref="CannotContinueException"><c>bad-preset</c>: the folder cannot be read, or one of its files is no preset.</exception>
    public static LogPresets Read(string folder)
    {
        try
        {
            var own = Directory
                .EnumerateFiles(folder, "*.json")
                .Select(f => Parse(Path.GetFileNameWithoutExtension(f), File.ReadAllText(f), f))
                .ToList();
            var all = new LogPresets([.. BuiltIn.All.Where(b => own.TrueForAll(o => o.Name != b.Name)), .. own]);
            foreach (var preset in own)
            {
                // A mistake in its source is found now, not when a map first names it.
                _ = LogMapping.Parse($$"""{ "{{preset.View}}": {{preset.Source.GetRawText()}} }""", $"{preset.Name}.json", all);
            }

            return all;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(folder, $"The folder cannot be read: {e.Message}");
        }
    }

    /// <summary>Finds a preset by name; null if there is none.</summary>
    public LogPreset? Find(string name) => All.FirstOrDefault(p => p.Name == name);

    /// <summary>Finds the preset that knows the most columns of a file's rows; null if none fits.</summary>
    public LogPreset? Recognise(string view, IReadOnlyList<JsonElement> rows) =>
        All.Where(p => p.View == view && p.Fits(rows)).MaxBy(p => p.Recognise.Count);

    private static IEnumerable<LogPreset> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return Parse(Path.GetFileNameWithoutExtension(name[Prefix.Length..]), reader.ReadToEnd(), name);
        }
    }

    private static LogPreset Parse(string name, string json, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object)
            {
                throw Bad(file, "It is no JSON object.");
            }

            string[] known = ["about", "view", "recognise", "source"];
            if (root.EnumerateObject().Select(m => m.Name).FirstOrDefault(n => !known.Contains(n, StringComparer.Ordinal)) is { } other)
            {
                throw Bad(file, $"'{other}' is unknown{NearestName.Hint(other, known)}");
            }

            return
                root.TryGetProperty("view", out var view)
                && view.GetString() is LogViews.TokenIssuanceName or LogViews.GatewayAccessName
                && root.TryGetProperty("recognise", out var recognise)
                && root.TryGetProperty("source", out var source)
                && source.ValueKind is JsonValueKind.Object
                ? new(
                    name,
                    root.TryGetProperty("about", out var about) ? about.GetString()! : "",
                    view.GetString()!,
                    [.. recognise.EnumerateArray().Select(r => r.GetString()!)],
                    source.Clone()
                )
                : throw Bad(file, $"It needs view ({LogViews.TokenIssuanceName} or {LogViews.GatewayAccessName}), recognise and source.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Bad(file, $"It is no preset: {e.Message}");
        }
    }

    private static CannotContinueException Bad(string file, string what) =>
        new("bad-preset", $"The preset '{file}': {what}", "Correct the preset; docs/maps.md describes presets.");
}
