using System.Diagnostics;

namespace Rekey.Cli.Tests;

/// <summary>The tool as a process.</summary>
public sealed class HelpTests
{
    [Fact]
    public async Task Help_says_what_it_is_for()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Rekey.Cli"), "--help") { RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        Assert.Contains("nobody issued", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
