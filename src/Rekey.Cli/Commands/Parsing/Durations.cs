using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Rekey.Cli.Commands.Parsing;

/// <summary>Parses durations as people write them: <c>90s</c>, <c>5m</c>, <c>1h</c>, <c>2d</c> or <c>01:30:00</c>.</summary>
internal static class Durations
{
    public static Option<TimeSpan> Option(string name, string description, string usual) =>
        new(name)
        {
            Description = description,
            HelpName = "time",
            DefaultValueFactory = _ => Parse(usual)!.Value,
            CustomParser = Read,
        };

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

    private static TimeSpan Read(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Parse(text) is { } time)
        {
            return time;
        }

        result.AddError($"'{text}' is not a duration. Write 90s, 5m, 1h, 2d or 01:30:00.");
        return default;
    }
}
