using Rekey.Cli.Tests.Support;
using Spectre.Console;

namespace Rekey.Cli.Tests.Screens;

/// <summary>A file that holds a screen letter by letter. Set REKEY_WRITE_SCREENS=1 to write the files anew, and read the
/// difference.</summary>
internal static class ScreenFile
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "tests", "Rekey.Cli.Tests", "Screens", "Files");

    /// <summary>Every screen at 80 and 140 columns, with and without colour.</summary>
    public static TheoryData<string, int, bool> Each(IEnumerable<string> screens)
    {
        var all = new TheoryData<string, int, bool>();
        foreach (var screen in screens)
        {
            foreach (var width in new[] { 80, 140 })
            {
                all.Add(screen, width, true);
                all.Add(screen, width, false);
            }
        }

        return all;
    }

    /// <summary>Fails unless the screen is as its file.</summary>
    public static async Task HoldAsync(string screen, int width, bool hasColour, Action<IAnsiConsole> write)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(text),
                Ansi = hasColour ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = hasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
        console.Profile.Width = width;
        write(console);

        // The escape character is written as a word, so that the files can be read and compared.
        var shown = text.ToString().ReplaceLineEndings("\n").Replace("\u001b", "<ESC>", StringComparison.Ordinal);
        Assert.Equal(hasColour, shown.Contains("<ESC>", StringComparison.Ordinal));
        Assert.All(hasColour ? [] : shown.Split('\n'), l => Assert.InRange(l.Length, 0, width));
        var file = Path.Combine(Folder, $"{screen}-{width}{(hasColour ? "-colour" : "")}.txt");
        if (Environment.GetEnvironmentVariable("REKEY_WRITE_SCREENS") is "1")
        {
            await File.WriteAllTextAsync(file, shown, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), shown);
    }
}
