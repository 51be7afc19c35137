using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary>Help that teaches.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData("nobody issued", "rekey sweep --issued try/issued --access try/access", "Exit codes")]
    [InlineData("Examples:", "--suggest-map > map.json", "Exit codes", "sweep")]
    [InlineData("without Azure", "rekey ledger verify export --key checkpoint.pem", "Exit codes", "ledger", "verify")]
    [InlineData("Examples:", "rekey completion bash >> ~/.bashrc", "Exit codes", "completion")]
    [InlineData("Examples:", "rekey local disable alice", "Exit codes", "local")]
    [InlineData("Examples:", "rekey sample-logs try", "rekey sweep", "sample-logs")]
    public async Task Every_command_has_help_with_examples(string one, string two, string three, params string[] command)
    {
        foreach (var option in new[] { "--help", "-h" })
        {
            var run = (await Tool.RunAsync([.. command, option])).Ended(0);
            Assert.Contains(one, run.Output, StringComparison.Ordinal);
            Assert.Contains(two, run.Output, StringComparison.Ordinal);
            Assert.Contains(three, run.Output, StringComparison.Ordinal);
            Assert.Empty(run.Error);
        }
    }

    [Fact]
    public async Task Every_option_of_sweep_is_described()
    {
        var run = (await Tool.RunAsync("sweep", "--help")).Ended(0);
        foreach (var line in run.Output.Split('\n').Where(l => l.TrimStart().StartsWith("--", StringComparison.Ordinal)))
        {
            Assert.Matches(@"^\s+--[a-z-]+( <[^>]+>)?( \(REQUIRED\))?\s{2,}\S", line);
        }
    }

    [Fact]
    public async Task An_unknown_command_is_a_usage_error()
    {
        var run = (await Tool.RunAsync("swep")).Ended(1);
        Assert.Contains("swep", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_tells_its_version() => Assert.Matches(@"^\d+\.\d+\.\d+", (await Tool.RunAsync("--version")).Ended(0).Output);
}
