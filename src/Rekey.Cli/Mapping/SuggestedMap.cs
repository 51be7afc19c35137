using System.Text;
using System.Text.Json;
using Rekey.Cli.Output;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;

namespace Rekey.Cli.Mapping;

/// <summary>A draft mapping file, guessed from the names and first values of the columns of every file. A person must check it before
/// use.</summary>
internal static class SuggestedMap
{
    /// <returns>The file's text, and warnings about it.</returns>
    public static (string Json, IReadOnlyList<string> Doubts) Of(
        IEnumerable<LogSample> issued,
        IEnumerable<LogSample> access,
        LogPresets presets
    )
    {
        var doubts = new List<string>();
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, CliJson.Writer))
        {
            json.WriteStartObject();
            WriteView(json, LogViews.TokenIssuanceName, LogViews.TokenIssuance, issued, presets, doubts);
            WriteView(json, LogViews.GatewayAccessName, LogViews.GatewayAccess, access, presets, doubts);
            json.WriteEndObject();
        }

        return (Encoding.UTF8.GetString(text.ToArray()), doubts);
    }

    private static void WriteView(
        Utf8JsonWriter json,
        string view,
        IReadOnlyList<ViewColumn> columns,
        IEnumerable<LogSample> samples,
        LogPresets presets,
        List<string> doubts
    )
    {
        // 1. Guess the source of each file, and put those together that can be one.
        var sources = new List<SuggestedSource>();
        foreach (var sample in samples)
        {
            if (sample.Defect is { } defect)
            {
                doubts.Add($"{view}: {sample.RelativePath} was not looked at: {defect}");
                continue;
            }

            var source = new SuggestedSource(view, columns, sample, presets);
            if (!sources.Exists(s => s.Join(source)))
            {
                sources.Add(source);
            }
        }

        // 2. One source reads all files; several need a pattern each.
        if (sources.Count == 0)
        {
            doubts.Add($"{view}: no file has rows. Give NDJSON, CSV or Parquet files.");
            return;
        }

        json.WritePropertyName(view);
        if (sources is [var only])
        {
            WriteSource(json, view, columns, only, [], doubts);
            return;
        }

        json.WriteStartArray();
        for (var i = 0; i < sources.Count; i++)
        {
            var others = sources.Where((_, other) => other != i).SelectMany(s => s.Files).ToList();
            WriteSource(json, $"{view}[{i}]", columns, sources[i], SuggestedPatterns.Of(sources[i].Files, others), doubts);
        }

        json.WriteEndArray();
    }

    private static void WriteSource(
        Utf8JsonWriter json,
        string at,
        IReadOnlyList<ViewColumn> columns,
        SuggestedSource source,
        IReadOnlyList<string> patterns,
        List<string> doubts
    )
    {
        json.WriteStartObject();
        if (patterns.Count > 0)
        {
            json.WritePropertyName("files");
            WriteList(json, patterns);
        }

        if (source.Preset is { } preset)
        {
            json.WriteString("preset", preset.Name);
            doubts.Add($"{at}: the preset {preset.Name} fits {Files(source)}. {preset.About}");
        }

        if (source.Token is { } token)
        {
            json.WritePropertyName("token");
            WritePath(json, token);
            doubts.Add($"{at}: {token.Name} holds the token itself. Its claims are read; the token is not kept.");
        }

        if (source.Delimiter != ",")
        {
            json.WriteStartObject("csv");
            json.WriteString("delimiter", source.Delimiter);
            json.WriteEndObject();
        }

        foreach (var column in columns.Where(c => !c.IsDerived))
        {
            WriteColumn(json, at, column, source, doubts);
        }

        json.WriteEndObject();
        if (source.HasRefusals && source.Preset is null)
        {
            doubts.Add(
                $"{at}: {Files(source)} has requests that were refused (401 or 403), which are no accesses. Take them out: "
                    + "\"where\": [{\"column\": \"…\", \"isNot\": [401, 403]}]"
            );
        }
    }

    private static void WriteColumn(Utf8JsonWriter json, string at, ViewColumn column, SuggestedSource source, List<string> doubts)
    {
        var isKnown =
            source.Preset?.Source.TryGetProperty(column.Name, out _) is true
            || (source.IsToken && LogMapping.TokenColumnNames.Contains(column.Name, StringComparer.Ordinal));
        if (isKnown)
        {
            return;
        }

        if (source.Find(column) is { } found)
        {
            json.WritePropertyName(column.Name);
            WriteFound(json, found.Seen, found.Form);
            return;
        }

        if (column.IsRequired)
        {
            // A map that still has it is refused, so that no sweep judges without the column.
            json.WriteString(column.Name, "?");
            doubts.Add(
                $"{at}.{column.Name} must be there, but no column of {Files(source)} has a similar name. Columns: "
                    + $"{string.Join(", ", source.Names)}. Enter the right one, or {{\"constant\": \"…\"}}."
            );
        }
        else if (source.Preset is null)
        {
            json.WriteNull(column.Name);
        }

        if (column.Name == "Jti")
        {
            doubts.Add($"{at}.Jti was not found: without it, no token can be matched to an issuance. Enter the column that holds it.");
        }
    }

    private static string Files(SuggestedSource source) =>
        source.Files.Count == 1 ? source.Files[0] : $"{source.Files[0]} and {source.Files.Count - 1:N0} more file(s)";

    private static void WriteFound(Utf8JsonWriter json, SeenColumn found, string? form)
    {
        if (form is null)
        {
            WritePath(json, found);
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName("from");
        WritePath(json, found);
        json.WriteString("form", form);
        json.WriteEndObject();
    }

    private static void WritePath(Utf8JsonWriter json, SeenColumn found)
    {
        if (!found.Path.Any(p => p.Contains('.', StringComparison.Ordinal)))
        {
            json.WriteStringValue(found.Name);
            return;
        }

        json.WriteStartArray();
        foreach (var part in found.Path)
        {
            json.WriteStringValue(part);
        }

        json.WriteEndArray();
    }

    private static void WriteList(Utf8JsonWriter json, IReadOnlyList<string> values)
    {
        if (values is [var only])
        {
            json.WriteStringValue(only);
            return;
        }

        json.WriteStartArray();
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
