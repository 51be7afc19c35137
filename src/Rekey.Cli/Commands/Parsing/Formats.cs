using System.CommandLine;

namespace Rekey.Cli.Commands.Parsing;

/// <summary>The options <c>--output</c> and <c>--out-file</c>, which every command that writes a result has.</summary>
internal static class Formats
{
    public static Option<TFormat> Output<TFormat>(string description)
        where TFormat : struct, Enum
    {
        var names = Enum.GetNames<TFormat>().Select(n => n.ToLowerInvariant()).ToList();
        return new("--output")
        {
            Description = description,
            HelpName = string.Join('|', names),
            DefaultValueFactory = _ => default,
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                if (names.Contains(text.ToLowerInvariant()))
                {
                    return Enum.Parse<TFormat>(text, ignoreCase: true);
                }

                result.AddError($"'{text}' is not an output format. Formats: {string.Join(", ", names)}. Name a file with --out-file.");
                return default;
            },
        };
    }

    public static Option<string?> OutFile() =>
        new("--out-file") { Description = "Result file, readable only by you; the default is standard output.", HelpName = "file" };
}
