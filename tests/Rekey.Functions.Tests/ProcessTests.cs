using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using Rekey.Local.Worlds;

namespace Rekey.Functions.Tests;

/// <summary>The handler as a process: its start, its end, and the folder that it is published to.</summary>
public sealed class ProcessTests(RunningApp app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Repository => typeof(ProcessTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;

    [Fact]
    public async Task Wrong_settings_stop_the_start_with_every_mistake_at_once()
    {
        using var process = Start(Path.Combine(FunctionApp.BuiltFolder, "Rekey.Functions"), new Dictionary<string, string>(StringComparer.Ordinal));
        var error = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(78, process.ExitCode);
        foreach (var part in new[] { "Environment", "Keys", "TenantId", "ClientState", "Authority", "RekeyState", "RekeyEvidence", "DocumentKey" })
        {
            Assert.Contains(part, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_handler_ends_when_its_host_is_gone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs /proc and sh.");
        var port = FreePort();
        var environment = new Dictionary<string, string>(await app.HandlerEnvironmentAsync(Cancel), StringComparer.Ordinal) { ["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}" };
        using var host = Start("/bin/sh", environment, "-c", $"'{Path.Combine(FunctionApp.BuiltFolder, "Rekey.Functions")}' >/dev/null 2>&1 & echo $!; wait");
        using var handler = Process.GetProcessById(int.Parse((await host.StandardOutput.ReadLineAsync(Cancel))!));
        try
        {
            // It must have come up, or its end would prove nothing.
            await ListeningAsync(port);
            host.Kill();
            await handler.WaitForExitAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        }
        finally
        {
            if (!handler.HasExited)
            {
                handler.Kill();
            }
        }
    }

    [Fact]
    public async Task Publishing_gives_the_folder_that_func_start_expects()
    {
        var folder = Directory.CreateTempSubdirectory("rekey-publish-").FullName;
        try
        {
            // The README's own command, but for the folder.
            using var publish = Start("dotnet", null, "publish", Path.Combine(Repository, "src", "Rekey.Functions"), "-o", folder);
            var output = await publish.StandardOutput.ReadToEndAsync(Cancel);
            await publish.WaitForExitAsync(Cancel);
            Assert.True(publish.ExitCode == 0, output);

            using var host = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "host.json"), Cancel));
            var executable = Path.Combine(folder, host.RootElement.GetProperty("customHandler").GetProperty("description").GetProperty("defaultExecutablePath").GetString()!);
            Assert.True(File.Exists(executable));
            if (!OperatingSystem.IsWindows())
            {
                Assert.True(File.GetUnixFileMode(executable).HasFlag(UnixFileMode.UserExecute | UnixFileMode.GroupExecute), "the handler has no run bit");
            }

            foreach (var function in FunctionFile.All)
            {
                Assert.True(File.Exists(Path.Combine(folder, function.Name, "function.json")), function.Name);
            }

            Assert.False(File.Exists(Path.Combine(folder, "local.settings.json")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ListeningAsync(int port)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private static Process Start(string file, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
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
