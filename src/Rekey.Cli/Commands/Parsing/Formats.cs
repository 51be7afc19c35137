using System.CommandLine;
using System.CommandLine.Completions;

namespace Rekey.Cli.Commands.Parsing;

/// <summary>The options <c>--output</c> and <c>--out-file</c>, which every command that writes a result has.</summary>
internal static class Formats
{
    public static Option<string> Output<TFormat>(string description)
        where TFormat : struct, Enum
    {
        var option = OneOf<TFormat>("--output", description, "an output format", " Name a file with --out-file.");
        option.Aliases.Add("-o");
        return option;
    }

    /// <summary>An option for one of the names of an enum; the first one is the default.</summary>
    public static Option<string> OneOf<TFormat>(string name, string description, string kind, string hint = "", string values = "Formats")
        where TFormat : struct, Enum
    {
        var names = Enum.GetNames<TFormat>().Select(Camel).ToList();
        var option = Typed.Option(
            name,
            description,
            string.Join('|', names),
            Camel(default(TFormat).ToString()),
            t => names.Contains(t, StringComparer.OrdinalIgnoreCase),
            $"{kind}. {values}: {string.Join(", ", names)}.{hint}".TrimEnd('.')
        );
        option.CompletionSources.Add(_ => names.Select(n => new CompletionItem(n)));
        return option;
    }

    /// <summary>The value of such an option.</summary>
    public static TFormat Of<TFormat>(ParseResult parsed, Option<string> option)
        where TFormat : struct, Enum => Enum.Parse<TFormat>(parsed.GetValue(option)!, ignoreCase: true);

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    public static Option<string?> OutFile() =>
        new("--out-file") { Description = "Result file, readable only by you; the default is standard output.", HelpName = "file" };
}
