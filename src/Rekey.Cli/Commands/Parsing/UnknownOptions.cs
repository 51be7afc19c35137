using System.CommandLine;
using System.CommandLine.Parsing;

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

    /// <summary>The errors of a command line: unknown options in our own words, the rest as the parser has it.</summary>
    public static IEnumerable<string> Errors(ParseResult parsed)
    {
        var unknown = parsed.UnmatchedTokens.Where(t => t.StartsWith('-') && t.Length > 1).ToList();
        return unknown
            .Select(t => InWords(t, parsed.CommandResult))
            .Concat(parsed.Errors.Select(e => e.Message).Where(m => !unknown.Any(u => m.Contains($"'{u}'", StringComparison.Ordinal))))
            .Distinct(StringComparer.Ordinal);
    }

    private static string InWords(string token, CommandResult? command)
    {
        var name = token.Split('=', ':')[0];
        var meant = Nearest.To(name, command?.Command.Options.Select(o => o.Name) ?? []);
        return $"'{name}' is not an option of rekey {command?.Command.Name}. "
            + (meant is null ? $"See: rekey {command?.Command.Name} --help." : $"Did you mean {meant}?")
            + (token.StartsWith("--", StringComparison.Ordinal) ? "" : $" A file with this name is ./{token}.");
    }
}
