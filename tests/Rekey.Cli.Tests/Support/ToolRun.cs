namespace Rekey.Cli.Tests.Support;

/// <summary>What a run came to.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    /// <summary>Fails with everything that was said when it ended otherwise.</summary>
    public ToolRun Ended(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}\n--- stdout\n{Output}\n--- stderr\n{Error}");
        return this;
    }
}
