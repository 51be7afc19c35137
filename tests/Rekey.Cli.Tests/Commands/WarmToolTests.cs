using System.Diagnostics;
using System.Text.RegularExpressions;
using Rekey.Cli.Tests.Operators;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary>Most tests run the tool in processes that have run other commands before. Here every kind of command also runs in a process of
/// its own, and both must come to the same.</summary>
public sealed partial class WarmToolTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = WarmTools.Limit;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_comes_to_the_same_after_any_other_commands_as_in_a_process_of_its_own()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Every command has a process of its own.");
        await using var stub = await StubRekey.StartAsync();
        using var folder = new TemporaryFolder();
        var commands = Commands(folder, stub);
        var alone = new List<ToolRun>();
        foreach (var (exitCode, environment, input, arguments) in commands)
        {
            alone.Add(Comparable((await Tool.RunProcessAsync(Tool.Program, environment, input, arguments)).Ended(exitCode)));
        }

        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        int[] order = [.. Enumerable.Range(0, commands.Count)];
        using var tool = new WarmTool();
        for (var round = 0; round < 2; round++)
        {
            random.Shuffle(order);
            foreach (var n in order)
            {
                var (_, environment, input, arguments) = commands[n];
                var run = await tool.RunAsync(environment, input, arguments, Limit, Cancel);
                Assert.Equal((n, alone[n]), (n, Comparable(run)));
            }
        }
    }

    [Fact]
    public async Task One_that_was_killed_says_so_and_runs_nothing_more()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is none.");
        using var tool = new WarmTool();
        (await tool.RunAsync(null, "", ["--version"], Limit, Cancel)).Ended(0);
        Assert.True(tool.IsReady);
        using (var process = Process.GetProcessById(tool.ProcessId))
        {
            process.Kill();
            await process.WaitForExitAsync(Cancel);
        }

        var run = (await tool.RunAsync(null, "", ["--version"], Limit, Cancel)).Ended(128 + 9);
        Assert.Empty(run.Output);
        Assert.False(tool.IsReady);
    }

    [Fact]
    public async Task A_command_beyond_the_limit_fails_with_its_words_and_the_next_one_has_a_new_process()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is none.");
        using var folder = new TemporaryFolder();
        (await Tool.RunProcessAsync("mkfifo", null, "", folder["nobody-writes"])).Ended(0);
        using var tools = new WarmTools(places: 1);
        var late = await Assert.ThrowsAsync<TimeoutException>(() =>
            tools.RunAsync(null, "", ["access", "--export", folder["nobody-writes"]], TimeSpan.FromSeconds(2))
        );
        Assert.StartsWith("access --export", late.Message, StringComparison.Ordinal);
        (await tools.RunAsync(null, "", ["--version"], Limit)).Ended(0);
    }

    /// <summary>Some of each kind, with the exit code: what is asked, what is found, what is refused, what is read from standard input and
    /// from variables.</summary>
    private static List<(int ExitCode, Dictionary<string, string>? Environment, string Input, string[] Arguments)> Commands(
        TemporaryFolder folder,
        StubRekey stub
    )
    {
        folder.WriteHonest();
        folder.Write("forged/a.ndjson", SmallLogs.Access(SmallLogs.Forged));
        string[] sweep = ["sweep", "--quiet", "--issued", folder["issued"], "--access"];
        var noFolder = new Dictionary<string, string> { ["TMPDIR"] = folder.Write("no-folder", "") };
        stub.On("POST /tokens/find", """{"blocked":true,"reason":"not-issued","since":"2026-03-01T11:00:00Z"}""");
        var variables = stub.Environment();
        variables["REKEY_SERVER"] = "local";
        return
        [
            (0, null, "", ["--version"]),
            (0, null, "", ["sweep", "--help"]),
            (1, null, "", ["swep"]),
            (1, null, "", ["sweep", "--nonsense"]),
            (0, null, "", [.. sweep, folder["access"]]),
            (1, noFolder, "", [.. sweep, folder["access"]]),
            (2, null, "", [.. sweep, folder["access"], folder["forged"], "--output", "json"]),
            (2, null, "", [.. sweep, folder["forged"], "--output", "ocsf", "--out-file", "/dev/null"]),
            (1, null, "", [.. sweep, folder["nothing"]]),
            (2, null, SmallLogs.Access(SmallLogs.Forged), [.. sweep, "-"]),
            (0, null, SmallLogs.Access("honest"), [.. sweep, "-", "--explain", "honest"]),
            (2, null, "", ["access", "--sample"]),
            (0, variables, "", ["keys", "list"]),
            (0, variables, StubRekey.Token, ["tokens", "find", "--token-file", "-"]),
            (0, variables, "", ["stop", "--what-if"]),
            (1, variables, "y\n", ["stop"]),
        ];
    }

    /// <summary>Every run has a work folder of its own.</summary>
    private static ToolRun Comparable(ToolRun run) => run with { Error = WorkFolder().Replace(run.Error, "work-folder") };

    [GeneratedRegex("rekey-sweep-[0-9a-f]{32}", RegexOptions.NonBacktracking)]
    private static partial Regex WorkFolder();
}
