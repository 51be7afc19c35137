using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Rekey.Cli.Commands.Parsing;

namespace Rekey.Cli.Commands;

/// <summary>Prints the standard help, and examples to copy below it.</summary>
/// <param name="examples">By the words of the command, such as <c>rekey ledger verify</c>. A command without any has those of
/// its group.</param>
internal sealed class HelpWithExamples(HelpAction usual, IReadOnlyDictionary<string, string> examples) : SynchronousCommandLineAction
{
    /// <summary>Ignores errors in the rest of the command line: the user asked for help.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        var words = CommandWords.Of(parseResult.CommandResult);
        if ((examples.GetValueOrDefault(words) ?? examples.GetValueOrDefault(string.Join(' ', words.Split(' ').Take(2)))) is { } text)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(text);
        }

        return code;
    }
}
