using System.Text.Json;
using System.Text.RegularExpressions;
using Rekey.Core;
using Rekey.Detections;

namespace Rekey.DuckDb.Mapping;

/// <summary>Reads the JSON of a map.</summary>
/// <param name="name">The map's name in messages.</param>
internal sealed partial class MapReader(string name, LogPresets presets)
{
    /// <summary>The members of a source beside the view's columns.</summary>
    public static readonly IReadOnlyList<string> SourceMembers = ["files", "preset", "where", "token", "csv"];

    /// <summary>The members of a column.</summary>
    public static readonly IReadOnlyList<string> ColumnMembers =
    [
        "from",
        "firstOf",
        "template",
        "folder",
        "constant",
        "form",
        "timeZone",
        "separator",
    ];

    /// <summary>The members of a condition.</summary>
    public static readonly IReadOnlyList<string> FilterMembers = ["column", "is", "isNot", "atLeast", "atMost", "exists"];

    /// <summary>What <c>--suggest-map</c> writes where a person must enter a column.</summary>
    public const string Unanswered = "?";

    private static readonly string[] Members = [LogViews.TokenIssuanceName, LogViews.GatewayAccessName, "csv", "$schema"];

    public static CannotContinueException Bad(string name, string member, string what) =>
        new(
            "bad-mapping",
            member.Length == 0 ? $"The mapping '{name}' {what}" : $"The mapping '{name}', {member}: {what}",
            "Correct the mapping file (docs/maps.md describes it), or create one with: "
                + "rekey sweep --issued … --access … --suggest-map > map.json"
        );

    public LogMapping Read(JsonElement root)
    {
        var (issuance, access, delimiter) = (default(JsonElement), default(JsonElement), ',');
        foreach (var member in Object(root, "the whole file").EnumerateObject())
        {
            switch (member.Name)
            {
                case LogViews.TokenIssuanceName:
                    issuance = member.Value;
                    break;
                case LogViews.GatewayAccessName:
                    access = member.Value;
                    break;
                case "csv":
                    delimiter = DelimiterOf(member.Value, "csv");
                    break;
                case "$schema":
                    break;
                default:
                    throw Unknown(member.Name, member.Name, Members);
            }
        }

        return new(
            View(LogViews.TokenIssuanceName, LogViews.TokenIssuance, issuance, delimiter),
            View(LogViews.GatewayAccessName, LogViews.GatewayAccess, access, delimiter)
        );
    }

    private List<LogSource> View(string view, IReadOnlyList<ViewColumn> columns, JsonElement mapped, char delimiter)
    {
        var nothing = new LogSource(view, columns.ToDictionary(c => c.Name, c => new ColumnSource([c.Name]), StringComparer.Ordinal))
        {
            Map = name,
            Delimiter = delimiter,
        };
        return mapped.ValueKind switch
        {
            JsonValueKind.Undefined => [nothing],
            JsonValueKind.Array when mapped.GetArrayLength() == 0 => throw Bad(name, view, "has no source."),
            JsonValueKind.Array =>
            [
                .. mapped.EnumerateArray().Select((one, i) => Source(columns, one, nothing with { At = $"{view}[{i}]" }, view)),
            ],
            _ => [Source(columns, mapped, nothing, view)],
        };
    }

    private LogSource Source(IReadOnlyList<ViewColumn> columns, JsonElement mapped, LogSource source, string view)
    {
        var at = source.At;
        JsonElement named = default;
        if (Object(mapped, at).TryGetProperty("preset", out named))
        {
            source = Preset(columns, Text(named, $"{at}.preset"), source, view);
        }

        // The map's own columns win over those of the token.
        if (mapped.TryGetProperty("token", out var token))
        {
            source = source with { Token = Paths(token, $"{at}.token") };
        }

        var own = new Dictionary<string, ColumnSource>(source.Columns, StringComparer.Ordinal);
        foreach (var (column, claim) in source.Token is null ? [] : TokenColumns.All.Where(c => own.ContainsKey(c.Key)))
        {
            own[column] = own[column].IsGiven ? own[column] : claim;
        }

        foreach (var member in mapped.EnumerateObject())
        {
            switch (member.Name)
            {
                case "preset" or "token":
                    break;
                case "files":
                    source = source with { Files = Patterns(member.Value, $"{at}.files") };
                    break;
                case "where":
                    source = source with { Where = Filters(member.Value, $"{at}.where") };
                    break;
                case "csv":
                    source = source with { Delimiter = DelimiterOf(member.Value, $"{at}.csv") };
                    break;
                default:
                    var column = columns.FirstOrDefault(c => c.Name == member.Name)
                        ?? throw Unknown($"{at}.{member.Name}", member.Name, [.. columns.Select(c => c.Name), .. SourceMembers]);
                    if (member.Value.ValueKind is JsonValueKind.String && member.Value.ValueEquals(Unanswered))
                    {
                        throw Bad(
                            name,
                            $"{at}.{column.Name}",
                            $"still has '{Unanswered}'. Enter the column of your log that has it, or {{\"constant\": \"…\"}}."
                        );
                    }

                    own[column.Name] = Column(column, member.Value, $"{at}.{member.Name}") with { IsGiven = true };
                    break;
            }
        }

        // Files of a preset may lack a column, unless the view needs it.
        foreach (var required in columns.Where(c => c.IsRequired && named.ValueKind is not JsonValueKind.Undefined))
        {
            own[required.Name] = own[required.Name] with { IsGiven = true };
        }

        return source with
        {
            Columns = own,
        };
    }

    private LogSource Preset(IReadOnlyList<ViewColumn> columns, string preset, LogSource source, string view)
    {
        var at = $"{source.At}.preset";
        var found = presets.Find(preset) ?? throw Unknown(at, preset, [.. presets.All.Select(p => p.Name)]);
        if (found.View != view)
        {
            throw Bad(name, at, $"'{preset}' is a preset of {found.View}.");
        }

        if (found.Source.TryGetProperty("preset", out _))
        {
            throw Bad(name, at, $"'{preset}' names another preset, which presets cannot.");
        }

        var read = Source(columns, found.Source, source, view);
        return read with { Columns = read.Columns.ToDictionary(c => c.Key, c => c.Value with { IsGiven = false }, StringComparer.Ordinal) };
    }

    private ColumnSource Column(ViewColumn column, JsonElement value, string at)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null when column.IsRequired:
                throw Bad(name, at, "is required: a row without it cannot be judged.");
            case JsonValueKind.Null:
                return new([]);
            case JsonValueKind.String or JsonValueKind.Array:
                return new(Path(value, at));
        }

        var (source, origins, form) = (new ColumnSource([]), 0, SourceForm.Plain);
        var (timeZone, separator) = (default(string), default(string));
        foreach (var member in Object(value, at).EnumerateObject())
        {
            var place = $"{at}.{member.Name}";
            origins += member.Name is "form" or "timeZone" or "separator" ? 0 : 1;
            form = member.Name == "form" ? Form(column, member.Value, place) : form;
            timeZone = member.Name == "timeZone" ? TimeZone(column, member.Value, place) : timeZone;
            separator = member.Name == "separator" ? Separator(column, member.Value, place) : separator;
            source = member.Name switch
            {
                "form" or "timeZone" or "separator" => source,
                "from" => new(Path(member.Value, place)),
                "firstOf" => FirstOf(member.Value, place),
                "template" => Template(Text(member.Value, place), place),
                "folder" => new([]) { Folder = Text(member.Value, place) },
                "constant" => new([], Text(member.Value, place)),
                _ => throw Unknown(place, member.Name, ColumnMembers),
            };
        }

        return origins == 1
            ? source with
            {
                Form = form,
                TimeZone = timeZone,
                Separator = separator,
            }
            : throw Bad(name, at, "needs exactly one of from, firstOf, template, folder and constant.");
    }

    private ColumnSource FirstOf(JsonElement value, string at) =>
        value.ValueKind is JsonValueKind.Array && value.GetArrayLength() > 0
            ? new([]) { FirstOf = [.. value.EnumerateArray().Select((v, i) => (IReadOnlyList<string>)Path(v, $"{at}[{i}]"))] }
            : throw Bad(name, at, "must be a list of columns.");

    private ColumnSource Template(string text, string at)
    {
        var (parts, from) = (new List<TemplatePart>(), 0);
        foreach (Match place in Placeholder().Matches(text))
        {
            parts.Add(new(text[from..place.Index]));
            var path = place.Groups["path"].Value.Split('.');
            parts.Add(path.Any(string.IsNullOrEmpty) ? throw Bad(name, at, $"'{place.Value}' names no column.") : new("", path));
            from = place.Index + place.Length;
        }

        return parts.Count > 0
            ? new([]) { Template = [.. parts, new(text[from..])] }
            : throw Bad(name, at, "names no column, such as {realm}. Use constant for a text without columns.");
    }

    private ColumnSource Paths(JsonElement value, string at) =>
        value.ValueKind is not JsonValueKind.Object ? new(Path(value, at))
        : value.EnumerateObject().ToList() is [{ Name: "firstOf" } only] ? FirstOf(only.Value, $"{at}.firstOf")
        : throw Bad(name, at, "must be a column, or {\"firstOf\": [\"…\", \"…\"]}.");

    private FilePatterns Patterns(JsonElement value, string at)
    {
        string[] patterns =
            value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => Text(v, at))] : [Text(value, at)];
        return patterns.Length > 0 && patterns.All(p => p.Length > 0)
            ? new(patterns)
            : throw Bad(name, at, "must be a pattern of files, such as \"edge/*.csv\", or a list of them.");
    }

    private RowFilter[] Filters(JsonElement value, string at) =>
        value.ValueKind is JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((v, i) => Filter(v, $"{at}[{i}]"))]
            : throw Bad(name, at, "must be a list of conditions, such as [{\"column\": \"status\", \"atLeast\": 200, \"atMost\": 399}].");

    private RowFilter Filter(JsonElement value, string at)
    {
        var filter = new RowFilter([], [], [], null, null, null);
        foreach (var member in Object(value, at).EnumerateObject())
        {
            var place = $"{at}.{member.Name}";
            filter = member.Name switch
            {
                "column" => filter with { Column = Path(member.Value, place) },
                "is" => filter with { Is = Values(member.Value, place) },
                "isNot" => filter with { IsNot = Values(member.Value, place) },
                "atLeast" => filter with { AtLeast = Number(member.Value, place) },
                "atMost" => filter with { AtMost = Number(member.Value, place) },
                "exists" => filter with
                {
                    Exists = member.Value.ValueKind switch
                    {
                        JsonValueKind.True => true,
                        JsonValueKind.False => false,
                        _ => throw Bad(name, place, "must be true or false."),
                    },
                },
                _ => throw Unknown(place, member.Name, FilterMembers),
            };
        }

        return
            filter.Column.Count > 0
            && (
                filter.Is.Count > 0
                || filter.IsNot.Count > 0
                || filter.AtLeast is not null
                || filter.AtMost is not null
                || filter.Exists is not null
            )
            ? filter
            : throw Bad(name, at, "needs column, and at least one of is, isNot, atLeast, atMost and exists.");
    }

    private string[] Values(JsonElement value, string at)
    {
        string[] values = value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray().Select(Value)] : [Value(value)];
        return values.Length > 0 ? values : throw Bad(name, at, "must not be empty.");

        string Value(JsonElement one) =>
            one.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? one.GetRawText() : Text(one, at);
    }

    private double Number(JsonElement value, string at) =>
        value.ValueKind is JsonValueKind.Number ? value.GetDouble() : throw Bad(name, at, "must be a number.");

    private SourceForm Form(ViewColumn column, JsonElement value, string at) =>
        (Text(value, at), column.Type == ColumnType.Time, column.Type == ColumnType.Text) switch
        {
            ("iso-8601", true, _) => SourceForm.Plain,
            ("epoch-seconds", true, _) => SourceForm.EpochSeconds,
            ("epoch-milliseconds", true, _) => SourceForm.EpochMilliseconds,
            ("epoch-microseconds", true, _) => SourceForm.EpochMicroseconds,
            ("epoch-nanoseconds", true, _) => SourceForm.EpochNanoseconds,
            ("json", _, true) => SourceForm.Json,
            var (form, isTime, isText) => throw Bad(
                name,
                at,
                $"'{form}' is unknown for this column. Allowed: "
                    + (
                        isTime ? "iso-8601, and epoch-seconds, -milliseconds, -microseconds or -nanoseconds."
                        : isText ? "json."
                        : "none."
                    )
            ),
        };

    private string TimeZone(ViewColumn column, JsonElement value, string at) =>
        column.Type != ColumnType.Time ? throw Bad(name, at, "is for times only.")
        : Text(value, at) is var zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) && known.HasIanaId ? zone
        : throw Bad(name, at, $"'{zone}' is no IANA time zone that this machine knows. An example is Europe/Berlin.");

    private string Separator(ViewColumn column, JsonElement value, string at) =>
        column.Name != nameof(PresentedToken.Aud) ? throw Bad(name, at, "is for Aud only.")
        : Text(value, at) is { Length: > 0 } separator ? separator
        : throw Bad(name, at, "must not be empty.");

    private string[] Path(JsonElement value, string at)
    {
        string[] path =
            value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => Text(v, at))] : Text(value, at).Split('.');
        return path.Length == 0 || path.Any(string.IsNullOrEmpty) ? throw Bad(name, at, "is not a path: a part of it is empty.") : path;
    }

    private char DelimiterOf(JsonElement csv, string at)
    {
        foreach (var member in Object(csv, at).EnumerateObject())
        {
            var place = $"{at}.{member.Name}";
            var text = member.Name == "delimiter" ? Text(member.Value, place) : throw Unknown(place, member.Name, ["delimiter"]);
            return text is [var delimiter] && delimiter is not ('"' or '\r' or '\n') && delimiter < 128
                ? delimiter
                : throw Bad(name, place, "must be one ASCII character, and neither a quote nor a line break.");
        }

        return ',';
    }

    private CannotContinueException Unknown(string at, string given, IReadOnlyList<string> known) =>
        Bad(name, at, $"'{given}' is unknown{NearestName.Hint(given, known)} Allowed: {string.Join(", ", known)}.");

    private JsonElement Object(JsonElement value, string at) =>
        value.ValueKind is JsonValueKind.Object ? value : throw Bad(name, at, "must be an object.");

    private string Text(JsonElement value, string at) =>
        value.ValueKind is JsonValueKind.String && value.GetString() is { } text && !text.Contains('\0')
            ? text
            : throw Bad(name, at, "must be a text.");

    [GeneratedRegex(@"\{(?<path>[^{}]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
