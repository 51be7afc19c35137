using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rekey.Local.Worlds;

namespace Rekey.Functions.Tests.Hosting;

/// <summary>The worker as a process: its start with wrong settings, and the folder that it is published to.</summary>
public sealed partial class ProcessTests(RunningApp app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Repository =>
        typeof(ProcessTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;

    /// <summary>Debug or Release, as these tests are built: the folder's name before the framework's.</summary>
    private static string Configuration =>
        Path.GetFileName(Path.GetDirectoryName(FunctionApp.BuiltFolder.TrimEnd(Path.DirectorySeparatorChar)))!;

    [Fact]
    public async Task Wrong_settings_stop_the_start_with_every_mistake_at_once()
    {
        using var process = Start(
            Path.Combine(FunctionApp.BuiltFolder, "Rekey.Functions"),
            new Dictionary<string, string>(StringComparer.Ordinal)
        );
        var error = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(78, process.ExitCode);
        foreach (var part in new[] { "Environment", "Keys", "TenantId", "Authority", "RekeyState", "RekeyEvidence", "DocumentKey" })
        {
            Assert.Contains(part, error, StringComparison.Ordinal);
        }
    }

    /// <summary>The worker SDK does not end a worker whose host was killed: one lived on for eleven minutes, beside its
    /// successor.</summary>
    [Fact]
    public async Task The_worker_ends_when_its_host_was_killed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs /proc.");
        var environment = new Dictionary<string, string>(await app.WorkerEnvironmentAsync(Cancel), StringComparer.Ordinal);
        foreach (var function in BuiltFunction.All)
        {
            // It works on the storage of the other tests: it only has to live.
            environment[$"AzureWebJobs.{function.Name}.Disabled"] = "true";
        }

        using var host = Start("dotnet", environment, typeof(FunctionApp).Assembly.Location, "host", FunctionApp.BuiltFolder);
        Process? worker = null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            limit.CancelAfter(TimeSpan.FromSeconds(60));
            var said = new List<string?>();
            while (worker is null)
            {
                said.Add(await host.StandardOutput.ReadLineAsync(limit.Token));
                Assert.True(said[^1] is not null, string.Join(Environment.NewLine, said));
                worker = Ready().Match(said[^1]!) is { Success: true } ready
                    ? Process.GetProcessById(int.Parse(ready.Groups["pid"].Value))
                    : null;
            }

            host.Kill();
            await worker.WaitForExitAsync(limit.Token);
        }
        finally
        {
            host.Kill();
            worker?.Kill();
            worker?.Dispose();
        }
    }

    [Fact]
    public async Task Each_log_message_is_one_line_that_says_when_how_bad_and_what()
    {
        // The worker's log comes through the host alone: nothing of it is printed a second time.
        for (var run = 0; run < 10; run++)
        {
            await app.World.Host.TriggerTimerAsync("SweepTokens", Cancel);
        }

        await using var log = new FileStream(app.World.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(log);
        var lines = (await reader.ReadToEndAsync(Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length > 10, $"{lines.Length} lines");
        Assert.Contains(lines, line => line.Contains("Token logs are not swept", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3} (Information|Warning|Error|Critical) ", line));
        Assert.DoesNotContain(lines, line =>
            line.Contains("Activity.TraceId", StringComparison.Ordinal)
            || line.Contains("Resource associated with", StringComparison.Ordinal)
            || line.Contains("info: ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Publishing_gives_the_folder_that_func_start_expects()
    {
        var folder = Directory.CreateTempSubdirectory("rekey-publish-").FullName;
        try
        {
            // The command of docs/getting-started.md, but for the folder. It is built already: building it again takes a minute.
            string[] built = ["--no-build", "--configuration", Configuration, "-o", folder];
            using var publish = Start("dotnet", null, ["publish", Path.Combine(Repository, "src", "Rekey.Functions"), .. built]);
            var output = await publish.StandardOutput.ReadToEndAsync(Cancel);
            await publish.WaitForExitAsync(Cancel);
            Assert.True(publish.ExitCode == 0, output);

            // What func start and the zip deployment expect.
            using var host = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "host.json"), Cancel));
            Assert.False(
                host.RootElement.TryGetProperty("customHandler", out _) || host.RootElement.TryGetProperty("extensionBundle", out _)
            );
            using var worker = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "worker.config.json"), Cancel));
            var description = worker.RootElement.GetProperty("description");
            Assert.Equal("dotnet-isolated", description.GetProperty("language").GetString());
            Assert.True(File.Exists(Path.Combine(folder, description.GetProperty("defaultWorkerPath").GetString()!)));
            using var functions = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "functions.metadata"), Cancel));
            Assert.Equal(
                BuiltFunction.All.Select(f => f.Name).Order(),
                functions.RootElement.EnumerateArray().Select(f => f.GetProperty("name").GetString()!).Order()
            );
            using var extensions = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "extensions.json"), Cancel));
            foreach (var extension in extensions.RootElement.GetProperty("extensions").EnumerateArray())
            {
                Assert.True(File.Exists(Path.Combine(folder, extension.GetProperty("hintPath").GetString()!)), extension.GetRawText());
            }

            Assert.Empty(Directory.GetFiles(folder, "function.json", SearchOption.AllDirectories));
            Assert.False(File.Exists(Path.Combine(folder, "local.settings.json")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex(@"Worker process (?<pid>\d+) is ready", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Ready();

    private static Process Start(string file, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (environment is not null)
        {
            foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("Rekey", StringComparison.Ordinal)).ToList())
            {
                start.Environment.Remove(name);
            }

            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }
        }

        return Process.Start(start)!;
    }
}
