using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace Rekey.Cli.Output.Items;

/// <summary>Shows JSON values and the names of members to people.</summary>
internal static partial class ItemText
{
    public const string None = "-";

    private static readonly Dictionary<string, string> Colours = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Critical"] = "red",
        ["High"] = "red",
        ["unhealthy"] = "red",
        ["stopped"] = "red",
        ["Revoked"] = "red",
        ["Stuck"] = "red",
        ["Medium"] = "yellow",
        ["Act"] = "red",
        ["Ok"] = "green",
        ["Pending"] = "yellow",
        ["unknown"] = "yellow",
        ["healthy"] = "green",
        ["running"] = "green",
        ["Current"] = "green",
        ["Approved"] = "green",
        ["rotated"] = "green",
        ["Verified"] = "green",
    };

    /// <summary>The value in one line. Times are in UTC and say so.</summary>
    public static string Of(JsonNode? value) =>
        value switch
        {
            null => None,
            JsonArray { Count: 0 } => None,
            JsonArray many => string.Join(", ", many.Select(Of)),
            JsonObject some => string.Join(", ", some.Select(m => $"{Words(m.Key)} {Of(m.Value)}")),
            _ => value.GetValueKind() switch
            {
                JsonValueKind.True => "yes",
                JsonValueKind.False => "no",
                JsonValueKind.String => OfText(value.GetValue<string>()),
                JsonValueKind.Number when value.AsValue().TryGetValue<long>(out var number) => number.ToString(
                    "N0",
                    CultureInfo.InvariantCulture
                ),
                _ => value.ToJsonString(),
            },
        };

    /// <summary>The words of a member's name: <c>noticedAt</c> is "noticed at".</summary>
    public static string Words(string name) => Capital().Replace(name, m => $" {m.Value.ToLowerInvariant()}").TrimStart();

    /// <summary>The text for the console, with a colour where the whole text is a state or a severity.</summary>
    public static string Markup(string text)
    {
        var plain = Spectre.Console.Markup.Escape(PlainText.Of(text));
        return Colours.TryGetValue(text, out var colour) ? $"[{colour}]{plain}[/]" : plain;
    }

    private static string OfText(string text) =>
        IsoTime().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"
        : text.Length == 0 ? None
        : text;

    [GeneratedRegex("[A-Z]", RegexOptions.NonBacktracking)]
    private static partial Regex Capital();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", RegexOptions.NonBacktracking)]
    private static partial Regex IsoTime();
}
