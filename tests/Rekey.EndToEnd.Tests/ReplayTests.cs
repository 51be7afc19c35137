using System.Diagnostics;
using Rekey.Local.Worlds;

namespace Rekey.EndToEnd.Tests;

/// <summary>The replay as a visitor runs it, and that it says so when something does not hold.</summary>
public sealed class ReplayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task The_replay_holds()
    {
        var (exit, output) = await RunAsync();
        Assert.True(exit == 0, output);
        Assert.Matches("All [0-9]+ expectations held", output);
        Assert.DoesNotContain("FAILED", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_replay_fails_with_an_app_that_turns_honest_people_away()
    {
        var broken = Directory.CreateTempSubdirectory("rekey-broken-app-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(FunctionApp.BuiltFolder, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(broken.FullName, Path.GetRelativePath(FunctionApp.BuiltFolder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            await File.WriteAllTextAsync(Path.Combine(broken.FullName, "appsettings.json"),
                """{"Rekey":{"Trust":{"MaxTokenLifetime":"00:10:00"}}}""", TestContext.Current.CancellationToken);
            var (exit, output) = await RunAsync("--app", broken.FullName);
            Assert.True(exit == 1, output);
            Assert.Contains("expectations did not hold", output, StringComparison.Ordinal);
            Assert.Contains("FAILED", output, StringComparison.Ordinal);
        }
        finally
        {
            broken.Delete(recursive: true);
        }
    }

    private static async Task<(int Exit, string Output)> RunAsync(params string[] arguments)
    {
        // The program stands beside the app, in its own output folder.
        var local = Path.Combine(FunctionApp.BuiltFolder.Replace("Rekey.Functions", "Rekey.Local", StringComparison.Ordinal), "Rekey.Local.dll");
        var start = new ProcessStartInfo("dotnet", [local, "--exit", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(Patience);
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
