using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Rekey.Cli.Commands;

/// <summary>The usual help, and below it examples that can be copied.</summary>
internal sealed class HelpWithExamples(HelpAction usual, IReadOnlyDictionary<string, string> examples) : SynchronousCommandLineAction
{
    /// <summary>Help is asked for: what else is wrong does not matter.</summary>
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
