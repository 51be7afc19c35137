using System.Diagnostics;
using System.IO.Compression;

namespace Rekey.Infra.Tests;

/// <summary>The package as the host unpacks it, made by the script that makes it for a deployment. It builds the app in a folder of its own, and takes minutes.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Handler = "Rekey.Functions";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rekey-package-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_custom_handler_brings_all_that_the_host_starts_from_and_nothing_of_a_developers_machine()
    {
        await PackAsync("custom");
        using var package = await ZipFile.OpenReadAsync(Path.Combine(_folder.FullName, "rekey.zip"), TestContext.Current.CancellationToken);
        var files = package.Entries.Where(e => !e.FullName.EndsWith('/')).ToDictionary(e => e.FullName, StringComparer.Ordinal);

        // What the host reads, at the root: host.json, which names the handler, and a folder a function.
        using var host = await System.Text.Json.JsonDocument.ParseAsync(await files["host.json"].OpenAsync(TestContext.Current.CancellationToken), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Handler, host.RootElement.GetProperty("customHandler").GetProperty("description").GetProperty("defaultExecutablePath").GetString());
        var functions = Directory.EnumerateFiles(Path.Combine(Bicep.Repository, "src", Handler), "function.json", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Path.Combine(Bicep.Repository, "src", Handler), f)).Where(f => f.Split('/') is [not ("bin" or "obj"), _]).Order(StringComparer.Ordinal).ToList();
        Assert.True(functions.Count > 10, "the functions were not found");
        Assert.Equal(functions, files.Keys.Where(f => Path.GetFileName(f) == "function.json").Order(StringComparer.Ordinal));

        // A Linux executable that may be run (the upper half of the attributes is the file's mode), and the .NET that it brings.
        Assert.Equal(0b001_000_000, (files[Handler].ExternalAttributes >> 16) & 0b001_000_000);
        await using (var handler = await files[Handler].OpenAsync(TestContext.Current.CancellationToken))
        {
            var start = new byte[20];
            await handler.ReadExactlyAsync(start, TestContext.Current.CancellationToken);
            Assert.Equal([0x7F, (byte)'E', (byte)'L', (byte)'F', 2], start[..5]);
            Assert.Equal(0x3E, start[18]);
        }

        Assert.All(["libcoreclr.so", "libhostfxr.so", "System.Private.CoreLib.dll", "Microsoft.AspNetCore.dll", "Rekey.dll", "Rekey.Azure.dll", "libduckdb.so"], file => Assert.Contains(file, files.Keys));
        Assert.DoesNotContain(files.Keys, f => Path.GetFileName(f) is "local.settings.json" or "secrets.json" or "appsettings.Development.json" or ".env" || Path.GetExtension(f) is ".pfx" or ".pem" or ".key" or ".user");
        Assert.DoesNotContain(files.Keys, f => f.Contains("Tests", StringComparison.Ordinal) || f.Contains("Rekey.Local", StringComparison.Ordinal));
    }

    private async Task PackAsync(string runtime)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Bicep.Infra, "package.sh"), runtime]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["REKEY_PACKAGE_FOLDER"] = _folder.FullName;

        // Servers of the build would outlive it, and keep its output open.
        (start.Environment["MSBUILDDISABLENODEREUSE"], start.Environment["UseSharedCompilation"]) = ("1", "false");
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
