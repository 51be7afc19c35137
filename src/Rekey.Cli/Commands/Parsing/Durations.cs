using System.CommandLine;
using System.Globalization;

namespace Rekey.Cli.Commands.Parsing;

/// <summary>Parses durations as people write them: <c>90s</c>, <c>5m</c>, <c>1h</c>, <c>2d</c> or <c>01:30:00</c>.</summary>
internal static class Durations
{
    public static Option<string> Option(string name, string description, string usual) =>
        Typed.Option(name, description, "time", usual, t => Parse(t) is not null, "a duration. Write 90s, 5m, 1h, 2d or 01:30:00");

    /// <summary>The value of such an option.</summary>
    public static TimeSpan Of(ParseResult parsed, Option<string> option) => Parse(parsed.GetValue(option)!)!.Value;

    public static TimeSpan? Parse(string text)
    {
        if (
            text.Length > 1
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number < 100_000
        )
        {
            return text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                _ => null,
            };
        }

        return
            text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
            && time >= TimeSpan.Zero
            ? time
            : null;
    }
}
