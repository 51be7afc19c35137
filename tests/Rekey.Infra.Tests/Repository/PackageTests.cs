using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Repository;

/// <summary>The package as the host unpacks it, made by the script that makes it for a deployment. It builds the app in a folder of its
/// own, and takes minutes.</summary>
public sealed class PackageTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rekey-package-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_has_all_that_the_host_starts_from_and_nothing_of_a_developers_machine()
    {
        await PackAsync();
        using var package = await ZipFile.OpenReadAsync(Path.Combine(_folder.FullName, "rekey.zip"), TestContext.Current.CancellationToken);
        var files = package.Entries.Where(e => !e.FullName.EndsWith('/')).ToDictionary(e => e.FullName, StringComparer.Ordinal);

        // What the host reads, at the root: what it starts, which functions that has, and its own side of the extensions.
        var worker = JsonNode.Parse(await TextAsync(files["worker.config.json"]))!["description"]!;
        Assert.Equal("dotnet-isolated", worker["language"]!.GetValue<string>());
        Assert.Contains(worker["defaultWorkerPath"]!.GetValue<string>(), files.Keys);
        var functions = JsonNode.Parse(await TextAsync(files["functions.metadata"]))!.AsArray().Select(f => f!["name"]!.GetValue<string>());
        Assert.Equal(Declared().Order(StringComparer.Ordinal), functions.Order(StringComparer.Ordinal));
        foreach (var extension in JsonNode.Parse(await TextAsync(files["extensions.json"]))!["extensions"]!.AsArray())
        {
            Assert.Contains(
                $".azurefunctions/{extension!["hintPath"]!.GetValue<string>().Replace("./.azurefunctions/", "", StringComparison.Ordinal)}",
                files.Keys
            );
        }

        Assert.Equal("2.0", JsonNode.Parse(await TextAsync(files["host.json"]))!["version"]!.GetValue<string>());
        Assert.All(["Rekey.dll", "Rekey.Azure.dll", "Rekey.Functions.runtimeconfig.json"], file => Assert.Contains(file, files.Keys));
        Assert.Contains(files.Keys, f =>
            Path.GetFileName(f) == "libduckdb.so"
            && (!f.Contains('/', StringComparison.Ordinal) || f.Contains("linux-x64", StringComparison.Ordinal))
        );

        // The upper half of the attributes is the file's mode (Unix): whoever unpacks it may read it.
        Assert.All(files.Values, f => Assert.Equal(0b100_000_000, (f.ExternalAttributes >> 16) & 0b100_000_000));
        Assert.DoesNotContain(files.Keys, f =>
            Path.GetFileName(f) is "local.settings.json" or "secrets.json" or "appsettings.Development.json" or ".env"
            || Path.GetExtension(f) is ".pfx" or ".pem" or ".key" or ".user"
        );
        Assert.DoesNotContain(files.Keys, f =>
            f.Contains("Tests", StringComparison.Ordinal) || f.Contains("Rekey.Local", StringComparison.Ordinal)
        );
    }

    /// <summary>The functions that the app's assembly declares.</summary>
    private static IEnumerable<string> Declared() =>
        typeof(Settings)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetMethods())
            .Select(m => m.GetCustomAttribute<FunctionAttribute>())
            .OfType<FunctionAttribute>()
            .Select(f => f.Name);

    private static async Task<string> TextAsync(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(await entry.OpenAsync(TestContext.Current.CancellationToken));
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private async Task PackAsync()
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Bicep.Infra, "package.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
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
