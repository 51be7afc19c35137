using System.CommandLine;
using System.CommandLine.Parsing;
using Rekey.Core;

namespace Rekey.Cli.Commands.Parsing;

/// <summary>Reports misspelt options as such. Without this, an option that takes several paths would swallow them as paths.</summary>
internal static class UnknownOptions
{
    /// <summary>Adds the check to an option that takes several values.</summary>
    public static void RefuseAsValues(this Option<string[]> option) =>
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.StartsWith('-') && t.Value.Length > 1))
            {
                result.AddError(InWords(token.Value, result.Parent as CommandResult));
            }
        });

    /// <summary>The errors of a command line: unknown options and commands in our own words, or else those of the parser.</summary>
    public static IReadOnlyList<string> Errors(ParseResult parsed)
    {
        var unknown = parsed.UnmatchedTokens.Where(t => t.StartsWith('-') && t.Length > 1).Select(t => InWords(t, parsed.CommandResult));
        var commands = parsed.CommandResult.Command.Subcommands.Select(c => c.Name).ToList();
        var misspelt = parsed
            .UnmatchedTokens.Where(_ => commands.Count > 0)
            .Take(1)
            .Select(t => $"'{t}' is not a command of {CommandWords.Of(parsed.CommandResult)}.{Meant(t, commands)}");
        return
        [
            .. unknown
                .Concat(misspelt)
                .DefaultIfEmpty()
                .SelectMany(w => w is null ? parsed.Errors.Select(e => e.Message) : [w])
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private static string InWords(string token, CommandResult? command)
    {
        var name = token.Split('=', ':')[0];
        return $"'{name}' is not an option of {CommandWords.Of(command)}.{Meant(name, command?.Command.Options.Select(o => o.Name) ?? [])}"
            + (token.StartsWith("--", StringComparison.Ordinal) ? "" : $" A file with this name is ./{token}.");
    }

    private static string Meant(string text, IEnumerable<string> known) =>
        NearestName.Of(text, known) is { } near ? $" Did you mean {near}?" : "";
}
