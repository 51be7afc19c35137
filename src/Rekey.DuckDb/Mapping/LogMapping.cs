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
///     "IssuedAt": { "from": "claims.iat", "form": "epoch-seconds" },  the unit of numbers; without it, by their size
///     "ExpiresAt": { "from": "exp", "timeZone": "Europe/Berlin" },    the zone of times without an offset; without it, UTC
///     "Kid": { "from": ["key.id"] },                                  a list is a path whose names may contain dots
///     "Aud": { "from": "aud", "separator": "|" },                     beside blanks, commas and semicolons
///     "Sub": { "from": "sub", "form": "json" },                       a field that contains JSON
///     "Iss": { "constant": "https://login.example/" },
///     "ClientId": null                                                not logged
///   },
///   "GatewayAccess": { … },
///   "csv": { "delimiter": ";" }                                           default: a comma; quotes as in RFC 4180
/// }
/// </code>
/// Names in JSON files are case-sensitive; columns of CSV and Parquet files are not. A path also leads into a text that contains JSON.
/// <para>
/// Times: ISO 8601 and RFC 3339 with or without an offset, with a point or a comma; <c>20/Nov/2026:10:10:00 +0000</c> of nginx and Apache;
/// dates of HTTP (RFC 9110); numbers since 1970, also as text, with a fraction or an exponent. A number without a <c>form</c> is in seconds
/// below 3·10^11, in milliseconds below 3·10^14, in microseconds below 3·10^17, and in nanoseconds above: so no log is read in a wrong
/// unit that is younger than July 1979. Forms are <c>epoch-seconds</c>, <c>epoch-milliseconds</c>, <c>epoch-microseconds</c> and
/// <c>epoch-nanoseconds</c>; <c>iso-8601</c> is the default. Of the hour that a zone has twice, a time is in the second; one in the hour
/// that it leaves out is an hour later. <c>IssuedAt</c> and <c>ExpiresAt</c> lose fractions of a second.
/// </para>
/// <para>
/// Addresses: IPv4 and IPv6 with or without a port, brackets or a zone; IPv4 in IPv6 becomes IPv4. Of a list such as
/// <c>X-Forwarded-For</c> or <c>Forwarded</c> (RFC 7239) the first is taken: that is the client, as it says itself. <c>-</c>,
/// <c>unknown</c>, names of hosts and identifiers such as <c>_hidden</c> are unknown, and so is IPv4 with leading zeros.
/// </para>
/// <para>
/// Audiences: an array, JSON in a text, or a text with blanks, commas or semicolons. They are compared as a set: each once, sorted, with a
/// blank between. An audience that contains such a character is cut there, in both logs alike.
/// </para>
/// <para>
/// Signing-input hashes: 64 hexadecimal digits, or 43 characters of base64 or base64url with or without padding; also with
/// <c>sha256:</c> in front, and 32 bytes in Parquet. Anything else is unknown, and is not compared.
/// </para>
/// </remarks>
public sealed class LogMapping
{
    private LogMapping(
        IReadOnlyDictionary<string, ColumnSource> tokenIssuance,
        IReadOnlyDictionary<string, ColumnSource> gatewayAccess,
        char delimiter
    ) => (TokenIssuance, GatewayAccess, Delimiter) = (tokenIssuance, gatewayAccess, delimiter);

    /// <summary>The default mapping: every column has the view's name, and values are read in any form.</summary>
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
