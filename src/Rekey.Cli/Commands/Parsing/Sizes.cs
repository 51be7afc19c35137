using System.CommandLine;
using System.Globalization;

namespace Rekey.Cli.Commands.Parsing;

/// <summary>Parses amounts of memory as people write them: <c>800MB</c>, <c>2GB</c>, or a number of bytes.</summary>
internal static class Sizes
{
    public static long? Parse(string text)
    {
        var number = text.TrimEnd('b', 'B', 'm', 'M', 'g', 'G', 'i', 'I').TrimEnd();
        if (
            !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || amount is <= 0 or > 1_000_000_000_000_000
        )
        {
            return null;
        }

        return text[number.Length..].Trim().ToUpperInvariant() switch
        {
            "" or "B" when decimal.IsInteger(amount) => (long)amount,
            _ when amount > 1_000_000 => null,
            "MB" or "M" => (long)(amount * 1_000_000),
            "GB" or "G" => (long)(amount * 1_000_000_000),
            "MIB" => (long)(amount * (1 << 20)),
            "GIB" => (long)(amount * (1 << 30)),
            _ => null,
        };
    }

    public static Option<string> Option(string name, string description, string usual) =>
        Typed.Option(
            name,
            description,
            "size",
            usual,
            t => Parse(t) is not null,
            "an amount of memory. Write 800MB, 2GB or a number of bytes"
        );

    /// <summary>The value of such an option.</summary>
    public static long Of(ParseResult parsed, Option<string> option) => Parse(parsed.GetValue(option)!)!.Value;
}
