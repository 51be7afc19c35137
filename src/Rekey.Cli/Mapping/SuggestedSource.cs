using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;

namespace Rekey.Cli.Mapping;

/// <summary>A guess at the source of files with the same columns.</summary>
internal sealed partial class SuggestedSource
{
    private readonly IReadOnlyList<ViewColumn> _columns;
    private readonly List<string> _files;
    private readonly Dictionary<string, (SeenColumn Seen, string? Form)> _found = new(StringComparer.Ordinal);
    private readonly List<string> _names;

    public SuggestedSource(string view, IReadOnlyList<ViewColumn> columns, LogSample sample, LogPresets presets)
    {
        (_columns, _files, Delimiter) = (columns, [sample.RelativePath], sample.Delimiter ?? ",");
        var seen = SeenColumn.Of(sample.Rows);
        _names = [.. seen.Select(s => s.Name)];
        Preset = presets.Recognise(view, sample.Rows);
        var isToken = Preset?.Source.TryGetProperty("token", out _) is true;
        foreach (var column in columns.Where(c => !c.IsDerived && Preset?.Source.TryGetProperty(c.Name, out _) is not true))
        {
            if (ColumnNames.Find(column.Name, seen) is { } found)
            {
                _found[column.Name] = (found, FormOf(column, found));
            }
        }

        if (Preset is null && !_found.ContainsKey("Jti") && seen.FirstOrDefault(HasToken) is { } token)
        {
            (Token, isToken) = (token, true);
        }

        foreach (var claim in isToken ? LogMapping.TokenColumnNames : [])
        {
            _found.Remove(claim);
        }

        IsToken = isToken;
        HasRefusals = ColumnNames.Find("StatusCode", seen) is { } status && status.Values.Any(v => Number(v) is 401 or 403);
    }

    /// <summary>The files, by their paths below the given folder.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>The names of all columns that were seen.</summary>
    public IEnumerable<string> Names => _names;

    public LogPreset? Preset { get; }

    public string Delimiter { get; }

    /// <summary>The column with the token itself; null if there is none, or the preset names it.</summary>
    public SeenColumn? Token { get; }

    /// <summary>Whether the claims come from the token itself.</summary>
    public bool IsToken { get; }

    /// <summary>Whether some requests were refused.</summary>
    public bool HasRefusals { get; private set; }

    public (SeenColumn Seen, string? Form)? Find(ViewColumn column) => _found.TryGetValue(column.Name, out var found) ? found : null;

    /// <summary>Adds the files of another guess, if both guesses can be one.</summary>
    public bool Join(SuggestedSource other)
    {
        if (
            Preset != other.Preset
            || Delimiter != other.Delimiter
            || Token?.Name != other.Token?.Name
            || !_columns.All(c => Agree(c, Find(c), other.Find(c)))
        )
        {
            return false;
        }

        _files.AddRange(other._files);
        _names.AddRange(other._names.Except(_names, StringComparer.Ordinal).ToList());
        HasRefusals |= other.HasRefusals;
        foreach (var (column, found) in other._found)
        {
            _found.TryAdd(column, found);
        }

        return true;
    }

    private static bool Agree(ViewColumn column, (SeenColumn Seen, string? Form)? one, (SeenColumn Seen, string? Form)? other) =>
        one is { } a && other is { } b
            ? a.Seen.Path.SequenceEqual(b.Seen.Path, StringComparer.Ordinal) && a.Form == b.Form
            : one is null && other is null || !(column.IsRequired || column.Name == "Jti");

    private static bool HasToken(SeenColumn column) =>
        column.Values.Any(v => v.ValueKind is JsonValueKind.String && Jwt().IsMatch(v.GetString()!));

    /// <summary>The unit of numbers. Numbers of several units are left to the reader, which looks at the size of each.</summary>
    private static string? FormOf(ViewColumn column, SeenColumn found) =>
        column.Type == ColumnType.Time
        && found.Values.Select(Number).Select(n => n is { } number ? EpochUnits.FormOf(number) : null).Distinct().ToList() is [var form]
            ? form
            : null;

    private static double? Number(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String
                when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };

    [GeneratedRegex(@"^([A-Za-z]+\s+)?e[wy][A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Jwt();
}
