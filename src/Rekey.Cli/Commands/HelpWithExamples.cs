using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Rekey.Cli.Commands;

/// <summary>Prints the standard help, and examples to copy below it.</summary>
internal sealed class HelpWithExamples(HelpAction usual, IReadOnlyDictionary<string, string> examples) : SynchronousCommandLineAction
{
    /// <summary>Ignores errors in the rest of the command line: the user asked for help.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (examples.TryGetValue(parseResult.CommandResult.Command.Name, out var text))
        {
            parseResult.InvocationConfiguration.Output.WriteLine(text);
        }

        return code;
    }
}
