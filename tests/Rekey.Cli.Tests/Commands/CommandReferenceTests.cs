using System.CommandLine;
using Rekey.Cli.Commands;
using Rekey.Cli.Commands.Parsing;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary>docs/reference/commands.md lists the commands that there are.</summary>
public sealed class CommandReferenceTests
{
    [Fact]
    public async Task Every_command_has_a_row_and_no_row_is_about_none()
    {
        var page = Path.Combine(RepositoryRoot.Path, "docs", "reference", "commands.md");
        var rows = (await File.ReadAllLinesAsync(page, TestContext.Current.CancellationToken))
            .Where(l => l.StartsWith("| `rekey ", StringComparison.Ordinal))
            .Select(l => CommandWords.Of(RekeyCommand.Make().Parse(l.Split('`')[1]["rekey ".Length..]).CommandResult));
        Assert.Equal(Leaves("rekey", RekeyCommand.Make()).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Leaves(string words, Command command) =>
        command.Subcommands.Count == 0 ? [words] : command.Subcommands.SelectMany(c => Leaves($"{words} {c.Name}", c));
}
