using Spectre.Console;

namespace Rekey.Cli.Output;

/// <summary>Creates consoles with colours only on a terminal, and only if NO_COLOR is not set (no-color.org).</summary>
internal static class Consoles
{
    private const int WidthOfPipes = 240;

    public static IAnsiConsole Of(TextWriter output, bool isTerminal)
    {
        var hasColour = isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(output),
                Ansi = hasColour ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = hasColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
        if (!isTerminal)
        {
            console.Profile.Width = WidthOfPipes;
        }

        return console;
    }
}
