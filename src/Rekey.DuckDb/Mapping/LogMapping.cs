using System.Text.Json;
using Rekey.Core;
using Rekey.Detections;

namespace Rekey.DuckDb.Mapping;

/// <summary>
/// The mapping of the customer's files to the columns of the two views, from a small JSON file. A view or column without an entry has the
/// view's name in the files.
/// </summary>
/// <remarks>
/// <code>
/// {
///   "TokenIssuance": {
///     "TimeGenerated": "time",                                        a column, or a path into nested JSON: "claims.sub"
///     "IssuedAt": { "from": "claims.iat", "form": "epoch-seconds" },  or "iso-8601" (the default), "epoch-milliseconds"
///     "Kid": { "from": ["key.id"] },                                  a list is a path whose names may contain dots
///     "Aud": { "from": "aud", "form": "json" },                       a CSV field with JSON; audiences are sorted, with a blank between
///     "Iss": { "constant": "https://login.example/" },
///     "ClientId": null                                                not logged
///   },
///   "GatewayAccess": { … },
///   "csv": { "delimiter": ";" }                                           default: a comma; quotes as in RFC 4180
/// }
/// </code>
/// Names in JSON files are case-sensitive; columns of CSV and Parquet files are not. Signing-input hashes become lower case, and IPv4
/// addresses lose <c>::ffff:</c>.
/// </remarks>
public sealed class LogMapping
{
    private LogMapping(
        IReadOnlyDictionary<string, ColumnSource> tokenIssuance,
        IReadOnlyDictionary<string, ColumnSource> gatewayAccess,
        char delimiter
    ) => (TokenIssuance, GatewayAccess, Delimiter) = (tokenIssuance, gatewayAccess, delimiter);

    /// <summary>The default mapping: every column has the view's name; times are ISO 8601, or times of Parquet.</summary>
    public static LogMapping None { get; } = Parse("{}", "no mapping");

    internal IReadOnlyDictionary<string, ColumnSource> TokenIssuance { get; }

    internal IReadOnlyDictionary<string, ColumnSource> GatewayAccess { get; }

    internal char Delimiter { get; }

    /// <summary>Reads a mapping file.</summary>
    /// <exception cref="CannotContinueException"><c>bad-mapping</c>: it does not exist, or has an unknown value; the message names file
    /// and member.</exception>
    public static LogMapping Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(path, "", $"cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads a mapping; errors use <paramref name="name"/> for it.</summary>
    /// <exception cref="CannotContinueException"><c>bad-mapping</c>.</exception>
    public static LogMapping Parse(string json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            return new Reader(name).Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw Bad(name, "", $"is not JSON: {e.Message}");
        }
    }

    private static CannotContinueException Bad(string name, string member, string what) =>
        new(
            "bad-mapping",
            member.Length == 0 ? $"The mapping '{name}' {what}" : $"The mapping '{name}', {member}: {what}",
            "Correct the mapping file, or create one with: rekey sweep --issued … --access … --suggest-map > map.json"
        );

    private sealed class Reader(string name)
    {
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
                        delimiter = DelimiterOf(member.Value);
                        break;
                    default:
                        throw Bad(
                            name,
                            member.Name,
                            $"is unknown. Use {LogViews.TokenIssuanceName}, {LogViews.GatewayAccessName} and csv."
                        );
                }
            }

            return new(
                View(LogViews.TokenIssuanceName, LogViews.TokenIssuance, issuance),
                View(LogViews.GatewayAccessName, LogViews.GatewayAccess, access),
                delimiter
            );
        }

        private Dictionary<string, ColumnSource> View(string view, IReadOnlyList<ViewColumn> columns, JsonElement mapped)
        {
            var sources = columns.ToDictionary(c => c.Name, c => new ColumnSource([c.Name]), StringComparer.Ordinal);
            if (mapped.ValueKind is JsonValueKind.Undefined)
            {
                return sources;
            }

            foreach (var member in Object(mapped, view).EnumerateObject())
            {
                var at = $"{view}.{member.Name}";
                var column = columns.FirstOrDefault(c => c.Name == member.Name)
                    ?? throw Bad(name, at, $"is not a column of the view, which has {string.Join(", ", columns.Select(c => c.Name))}.");
                sources[column.Name] = Source(column, member.Value, at);
            }

            return sources;
        }

        private ColumnSource Source(ViewColumn column, JsonElement value, string at)
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

            var (path, constant, form) = (default(IReadOnlyList<string>), default(string), SourceForm.Plain);
            var (timeZone, separator) = (default(string), default(string));
            foreach (var member in Object(value, at).EnumerateObject())
            {
                switch (member.Name)
                {
                    case "from":
                        path = Path(member.Value, $"{at}.from");
                        break;
                    case "constant":
                        constant = Text(member.Value, $"{at}.constant");
                        break;
                    case "form":
                        form = Form(column, member.Value, $"{at}.form");
                        break;
                    case "timeZone" when column.Type == ColumnType.Time:
                        timeZone = TimeZone(member.Value, $"{at}.timeZone");
                        break;
                    case "separator" when column.Name == nameof(PresentedToken.Aud):
                        separator = Text(member.Value, $"{at}.separator") is { Length: > 0 } given
                            ? given
                            : throw Bad(name, $"{at}.separator", "must not be empty.");
                        break;
                    default:
                        throw Bad(
                            name,
                            $"{at}.{member.Name}",
                            "is unknown for this column. Use from, constant and form, timeZone for a time, and separator for Aud."
                        );
                }
            }

            return (path is null) == (constant is null)
                ? throw Bad(name, at, "needs either from or constant.")
                : new(path ?? [], constant, form, timeZone, separator);
        }

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
                        + $"{(isTime
 ? "iso-8601, and epoch-seconds, -milliseconds, -microseconds or -nanoseconds" : isText ? "json" : "none")}."
                ),
            };

        private string TimeZone(JsonElement value, string at) =>
            Text(value, at) is var zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) && known.HasIanaId
                ? zone
                : throw Bad(name, at, $"'{zone}' is no IANA time zone that this machine knows. An example is Europe/Berlin.");

        private string[] Path(JsonElement value, string at)
        {
            string[] path =
                value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => Text(v, at))] : Text(value, at).Split('.');
            return path.Length == 0 || path.Any(string.IsNullOrEmpty) ? throw Bad(name, at, "is not a path: a part of it is empty.") : path;
        }

        private char DelimiterOf(JsonElement csv)
        {
            foreach (var member in Object(csv, "csv").EnumerateObject())
            {
                var text =
                    member.Name == "delimiter"
                        ? Text(member.Value, "csv.delimiter")
                        : throw Bad(name, $"csv.{member.Name}", "is unknown. Use delimiter.");
                return text is [var delimiter] && delimiter is not ('"' or '\r' or '\n') && delimiter < 128
                    ? delimiter
                    : throw Bad(name, "csv.delimiter", "must be one ASCII character, and neither a quote nor a line break.");
            }

            return ',';
        }

        private JsonElement Object(JsonElement value, string at) =>
            value.ValueKind is JsonValueKind.Object ? value : throw Bad(name, at, "must be an object.");

        private string Text(JsonElement value, string at) =>
            value.ValueKind is JsonValueKind.String && value.GetString() is { } text && !text.Contains('\0')
                ? text
                : throw Bad(name, at, "must be a text.");
    }
}
