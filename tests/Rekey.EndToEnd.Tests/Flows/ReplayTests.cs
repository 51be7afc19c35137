using System.Text.RegularExpressions;
using Rekey.EndToEnd.Tests.Support;
using Rekey.Local.Worlds;

namespace Rekey.EndToEnd.Tests.Flows;

/// <summary>The replay as a visitor runs it, and that it says so when something does not hold.</summary>
public sealed partial class ReplayTests
{
    [Fact]
    public async Task The_replay_holds()
    {
        var (exit, output) = await RunAsync();
        Assert.True(exit == 0, output);
        Assert.Matches("All [0-9]+ expectations held", output);
        Assert.DoesNotContain("FAILED", output, StringComparison.Ordinal);

        // One clock: every time is that since the start.
        var times = Time()
            .Matches(output)
            .Select(m => double.Parse(m.Groups["seconds"].Value, System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        Assert.True(times.Count > 30, output);
        Assert.Equal(times.Order(), times);
        Assert.DoesNotMatch("(?m)^ *\\+[0-9]", output);
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

            await File.WriteAllTextAsync(
                Path.Combine(broken.FullName, "appsettings.json"),
                """{"Rekey":{"Trust":{"MaxTokenLifetime":"00:10:00"}}}""",
                TestContext.Current.CancellationToken
            );
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

    [GeneratedRegex(
        "^ *(?<seconds>[0-9]+\\.[0-9]) s (ok|-) ",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Time();

    private static Task<(int Exit, string Output)> RunAsync(params string[] arguments) =>
        Programs.RunAsync([Programs.Replay, "--exit", .. arguments]);
}
