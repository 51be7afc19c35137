using System.Text.RegularExpressions;
using Rekey.Cli.Commands;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary>What the pages tell people to type is understood, and what a newcomer types first ends as the page says.</summary>
public sealed partial class DocumentedCommandTests
{
    private const string FromSource = "dotnet run --project src/Rekey.Cli -- ";

    [Fact]
    public void Every_command_of_the_pages_is_understood()
    {
        var commands = Commands().Where(c => c.Contains(' ', StringComparison.Ordinal)).ToList();
        Assert.Contains(commands, c => c.StartsWith("access --export", StringComparison.Ordinal));
        Assert.Contains(commands, c => c.Contains("--suggest-map", StringComparison.Ordinal));
        Assert.All(commands, c => Assert.Empty(RekeyCommand.Make().Parse(Arguments(c)).Errors));
    }

    [Fact]
    public async Task The_first_two_commands_find_the_forger()
    {
        var commands = (await File.ReadAllLinesAsync(Path.Combine(Root(), "README.md"), TestContext.Current.CancellationToken))
            .Where(l => l.StartsWith(FromSource, StringComparison.Ordinal))
            .Select(l => l[FromSource.Length..])
            .ToList();
        Assert.Equal(["sample-logs", "sweep"], commands.Select(c => c.Split(' ')[0]));

        using var folder = new TemporaryFolder();
        string[] In(string command) => [.. Arguments(command).Select(a => a.Split('/') is ["try", ..] parts ? folder[parts] : a)];
        (await Tool.RunAsync([.. In(commands[0]), "--quiet"])).Ended(0);
        (await Tool.RunAsync([.. In(commands[1]), "--quiet"])).Ended(2);
    }

    /// <summary>Each once, without what starts the tool, and without where its output goes.</summary>
    private static IEnumerable<string> Commands() =>
        Directory
            .EnumerateFiles(Path.Combine(Root(), "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(new[] { "README.md", "CONTRIBUTING.md", "infra/README.md" }.Select(f => Path.Combine(Root(), f)))
            .SelectMany(File.ReadAllLines)
            .SelectMany(l => Command().Matches(l))
            .Select(m => m.Groups["command"].Value.Split(" >")[0].Split(" #")[0].Trim())
            .Distinct(StringComparer.Ordinal);

    /// <summary>A value in angle brackets is one value, whatever is in it.</summary>
    private static string[] Arguments(string command) =>
        Placeholder().Replace(command, m => m.Value.Replace(' ', '-')).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    [GeneratedRegex(
        "(^ *|`)(rekey|dotnet run --project src/Rekey\\.Cli --) (?<command>[a-z][^`]*)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Command();

    [GeneratedRegex("<[^<>]+>", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
