using System.CommandLine;
using System.CommandLine.Parsing;

namespace Rekey.Cli.Commands.Parsing;

/// <summary>The words that lead to a command.</summary>
internal static class CommandWords
{
    /// <summary>Such as <c>rekey decisions approve</c>.</summary>
    public static string Of(CommandResult? command)
    {
        var words = new List<string>();
        for (; command is { Command: not RootCommand }; command = command.Parent as CommandResult)
        {
            words.Insert(0, command.Command.Name);
        }

        return string.Join(' ', words.Prepend("rekey"));
    }
}
