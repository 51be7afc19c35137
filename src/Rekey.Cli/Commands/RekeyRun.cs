using Rekey.Cli.Commands.Parsing;
using Rekey.Cli.Output;

namespace Rekey.Cli.Commands;

/// <summary>Runs one command line.</summary>
internal static class RekeyRun
{
    public static async Task<int> OfAsync(string[] arguments)
    {
        // File names and log content reach standard error: they must not control the terminal.
        await using var error = new PlainWriter(Console.Error);
        var parsed = RekeyCommand.Make().Parse(arguments);
        var errors = UnknownOptions.Errors(parsed).ToList();
        if (errors.Count > 0 && parsed.Action is { ClearsParseErrors: false } or null)
        {
            foreach (var words in errors)
            {
                await error.WriteLineAsync($"error: {PlainText.Of(words)}");
            }

            await error.WriteLineAsync($"  See: {CommandWords.Of(parsed.CommandResult)} --help");
            return Outcome.Failed;
        }

        return await parsed.InvokeAsync(new() { Error = error });
    }
}
