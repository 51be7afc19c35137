using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Operators;

/// <summary>The tool on a terminal, which <c>script</c> of util-linux makes.</summary>
public sealed class TerminalTests
{
    [Theory]
    [InlineData("y\n", true)]
    [InlineData("yes\n", true)]
    [InlineData("n\n", false)]
    [InlineData("\n", false)]
    public async Task A_person_is_asked_once_and_only_a_yes_sends(string typed, bool sends)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On("POST /rotations/kv~shop~3/cancel", """{"rotation":"kv/shop#3","newVersion":"v"}""");
        var run = await OnTerminalAsync(stub, typed, "rotations cancel kv~shop~3");
        Assert.Contains("Send it? [y/N]", run.Output, StringComparison.Ordinal);
        Assert.Contains($"POST {stub.Address}rotations/kv~shop~3/cancel", run.Output, StringComparison.Ordinal);
        Assert.Contains("It cannot be taken back.", run.Output, StringComparison.Ordinal);
        Assert.Equal(sends, stub.Requests.Count == 1);
        Assert.Equal(!sends, run.Output.Contains("Nothing was sent.", StringComparison.Ordinal));
        Assert.Equal(sends ? 0 : 1, run.ExitCode);
    }

    [Theory]
    [InlineData(80, false)]
    [InlineData(140, true)]
    public async Task A_list_is_a_table_where_it_fits_and_its_ids_are_whole(int columns, bool isTable)
    {
        await using var stub = await StubRekey.StartAsync();
        var run = (await OnTerminalAsync(stub, "", $"decisions", columns)).Ended(0);
        Assert.Contains(ApiBodies.Decision, run.Output, StringComparison.Ordinal);
        Assert.Contains(ApiBodies.Key, run.Output, StringComparison.Ordinal);
        Assert.Equal(isTable, run.Output.Contains("──", StringComparison.Ordinal));
    }

    private static async Task<ToolRun> OnTerminalAsync(StubRekey stub, string typed, string command, int columns = 100)
    {
        var environment = stub.Environment();
        environment["NO_COLOR"] = "1";
        environment["TERM"] = "xterm";
        return await Tool.RunAsync(
            "timeout",
            environment,
            typed,
            ["60", "script", "-qec", $"stty cols {columns}; {Tool.Program} {command} --server local", "/dev/null"]
        );
    }
}
